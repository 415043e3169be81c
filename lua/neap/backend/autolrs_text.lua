--- The messages of the authors' AutoLRS callback, cut out of a stream that has no frames:
---   startBO,LOSS    loss,LOSS    val_loss,LOSS        with the word minion in it: from a further rank
--- A number at the end of what has come so far may go on in the next piece ("2.3" of "2.31"): then a message is a guess, and
--- whoever reads waits a moment. What is left of a number that went on after all stands before the next message, and is skipped.

local autolrs_text = {}

--- Each message by a word that is in it, the longest first.
local WORDS <const> = { "val_loss", "startBO", "loss" }
local NOT_FINITE <const> = { nan = 0 / 0, inf = math.huge, infinity = math.huge }

--- A number of at least so many digits was printed in full.
local FULL <const> = 12

--- More bytes than any message has.
local LONGEST <const> = 200

local function begins(text, words)
  for _, word in ipairs(words) do
    if word:sub(1, #text) == text then return true end
  end
  return false
end

--- A number at the beginning of a text: its value, the rest of the text, and whether it is sure to end there. nil if it is not
--- whole, false if it is none.
local function number_of(text)
  local sign, word, rest = text:match "^([+-]?)(%a+)(.*)$"
  if word then
    for _, known in ipairs { "infinity", "inf", "nan" } do
      if word:lower():sub(1, #known) == known then
        local value = NOT_FINITE[known]
        return sign == "-" and -value or value, word:sub(#known + 1) .. rest, true
      end
    end
    if begins(word:lower(), { "infinity", "nan" }) and rest == "" then return nil end
    return false
  end
  local token
  token, rest = text:match "^([+-]?[%d.]*[eE]?[+-]?%d*)(.*)$"
  local value = not token:find "%.$" and tonumber(token)
  if value then
    local _, digits = token:gsub("[eE].*$", ""):gsub("%d", "")
    return value + 0.0, rest, rest ~= "" or digits >= FULL
  elseif rest == "" and (token == "" or tonumber(token .. "0")) then
    return nil
  end
  return false
end

--- What a message is, by the words before its number; a further rank may say no more than that it is one.
local function kind_of(head)
  for _, word in ipairs(WORDS) do
    if head:find(word, 1, true) then return word end
  end
  return head:find("minion", 1, true) and "loss" or nil
end

--- Text of a stranger's, for a message to people.
local function complaint(text)
  return ("it sent '%s', where startBO, loss or val_loss, a comma and a number are expected"):format(
    (text:sub(1, 40):gsub("[^\32-\126]", "?")))
end

--- The first message of a text.
---@param text string
---@return { word: "startBO"|"loss"|"val_loss", loss: number, minion: boolean, certain: boolean }? message    nil: not yet whole
---@return string? rest       of the text, behind the message
---@return string? problem    what is wrong with the text
function autolrs_text.first(text)
  local head, tail = "", text:gsub("^[%d.eE+%-%s]+", "")   -- what went on of the last number
  while true do
    local word, rest = tail:match "^([%a_][%w_]*)%s*,%s*(.*)$"
    if not word or word:lower():find "^nan" or word:lower():find "^inf" then break end
    head, tail = head .. word .. ",", rest
  end
  local kind, value, rest, certain = kind_of(head), number_of(tail)
  if kind and value then
    return { word = kind, loss = value, minion = head:find("minion", 1, true) ~= nil, certain = certain }, rest
  end
  local unfinished = kind and value == nil or tail == "" or tail:find "^[%a_][%w_]*$" and (begins(tail, WORDS) or
    begins(tail, { "minion" }) or tail:find "minion")
  if unfinished and #text <= LONGEST then return nil, text end
  return nil, nil, complaint(text)
end

return autolrs_text
