local engine = require "neap.engine"
local encode, decode = engine.json_encode, engine.json_decode

describe("json", function()
  it("keeps every double and integer exactly", function()
    local random = engine.random(2385)
    for _ = 1, 2000 do
      local x = (random:uniform() - 0.5) * 10 ^ random:uniform(-300, 300)
      local back = decode(encode { x })[1]
      assert.equal(x, back)
      assert.equal("float", math.type(back))
    end
    for _, i in ipairs { 0, 1, -1, math.maxinteger, math.mininteger } do
      assert.equal(i, decode(encode { i })[1])
      assert.equal("integer", math.type(decode(encode { i })[1]))
    end
  end)

  it("sorts keys, but for those asked to come first", function()
    assert.equal('{"event":"x","a":1,"b":[1,2],"c":{}}', encode({ c = {}, b = { 1, 2 }, a = 1, event = "x" }, { "event", "none" }))
    assert.equal('{"a":1,"b":2}', encode { b = 2, a = 1 })
  end)

  it("writes null for what JSON lacks, and reads it as engine.null", function()
    assert.equal("[null,null,null,true,false]", encode { 0 / 0, math.huge, -math.huge, true, false })
    assert.equal(engine.null, decode("[null]")[1])
  end)

  it("keeps texts: control characters, zero bytes, UTF-8", function()
    for _, text in ipairs { "", "a\0b", "\n\t\"\\", "λ\u{10348}" } do
      assert.equal(text, decode(encode { text })[1])
    end
    assert.has_error(function() encode { "\xff" } end, "JSON: a text is not UTF-8")
  end)

  it("refuses what cannot be written", function()
    assert.has_error(function() encode { print } end, "JSON: a function cannot be written")
    assert.has_error(function() encode { [1.5] = 1 } end, "JSON: a table mixes texts and other keys")
    local loop = {}
    loop.loop = loop
    assert.error_matches(function() encode(loop) end, "nested deeper than 100")
  end)

  it("says where a text breaks", function()
    local value, problem, code = decode '{"a": 1,\n "a": 2}'
    assert.is_nil(value)
    assert.matches("^JSON, line 2, column %d+: ", problem)
    assert.equal("bad_data", code)
    for _, text in ipairs { "", "{", "[1,]", "nan", "1e999", "{'a':1}", ("["):rep(5000) } do
      assert.is_nil(decode(text), text)
    end
  end)
end)
