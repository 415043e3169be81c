-- Lua 5.4 without globals; tests also see busted's.
std = "lua54"
max_line_length = 140
cache = false
ignore = { "581" }   -- "not (x >= low)" is how a nan is refused
files["tests/"] = { std = "lua54+busted" }
-- Stubs declare what C does: nothing in them is used.
files["lua/meta/"] = { unused = false, ignore = { "2.." } }
