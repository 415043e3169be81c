--- What tables.py is to write: a line for each task on a table, `number kind rows columns useful classes difficulty noise heavy`.

package.path = (arg[0]:match "^(.*)/" or ".") .. "/?.lua;" .. package.path

local drawing = require "drawing"

for _, half in ipairs(drawing.halves) do
  for number = half.first, half.last do
    local t = drawing.draw(number).table
    if t then
      print(("%d %s %d %d %d %d %.6f %.6f %.6f"):format(number, t.kind, t.rows, t.columns, t.useful, t.classes, t.difficulty, t.noise,
        t.heavy))
    end
  end
end
