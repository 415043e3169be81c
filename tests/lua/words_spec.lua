-- What messages are made of.
local words = require "neap.words"

describe("words", function()
  it("write times as people do", function()
    for seconds, text in pairs { [0] = "0:00", [7.9] = "0:07", [3599] = "59:59", [3723] = "1:02:03" } do
      assert.equal(text, words.duration(seconds))
    end
  end)

  it("are quoted for a shell where it would read them otherwise", function()
    assert.equal("train.py", words.quoted "train.py")
    for _, word in ipairs { "", "a b", "it's", "$HOME", "`id`", "a\nb", "*", "-x;y" } do
      local pipe = assert(io.popen("printf %s " .. words.quoted(word)))
      assert.equal(word, pipe:read "a")
      pipe:close()
    end
  end)

  it("come in one order", function()
    assert.same({ 1, 10, 2, "a", "b" }, words.sorted { true, true, b = 1, a = 1, [10] = 1 })
  end)
end)
