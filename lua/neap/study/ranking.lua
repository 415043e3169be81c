--- Who is ahead: contestants ranked within each cell (one setting, optimizer and budget), as in the REX paper.

local ranking = {}

--- Group results into cells.
---@param results { setting: string, optimizer: string, budget: integer, schedule: string, mean: number, deviation: number? }[]
---  mean: the lower the better
---@return table[] cells    { setting, optimizer, budget, entries } in the order of the results; entries sorted, best first
function ranking.cells(results)
  local cells, by_name = {}, {}
  for _, result in ipairs(results) do
    local name = ("%s %s %d"):format(result.setting, result.optimizer, result.budget)
    local cell = by_name[name]
    if not cell then
      cell = { setting = result.setting, optimizer = result.optimizer, budget = result.budget, entries = {} }
      by_name[name], cells[#cells + 1] = cell, cell
    end
    table.insert(cell.entries, result)
  end
  for _, cell in ipairs(cells) do
    table.sort(cell.entries, function(a, b)
      if a.mean ~= b.mean then return a.mean < b.mean end
      return a.schedule < b.schedule
    end)
  end
  return cells
end

--- In what share of the cells each contestant is first, and within the first three. Equal means share a place.
---@param kept? fun(cell: table): boolean    which cells count; default: all
---@return table<string, { first: number, third: number }> shares    from 0 to 1
---@return integer count                                             of cells
function ranking.shares(cells, kept)
  local shares, count = {}, 0
  for _, cell in ipairs(cells) do
    if not kept or kept(cell) then
      count = count + 1
      local third = cell.entries[math.min(3, #cell.entries)].mean
      for _, entry in ipairs(cell.entries) do
        local share = shares[entry.schedule] or { first = 0, third = 0 }
        shares[entry.schedule] = share
        if entry.mean <= cell.entries[1].mean then share.first = share.first + 1 end
        if entry.mean <= third then share.third = share.third + 1 end
      end
    end
  end
  for _, share in pairs(shares) do share.first, share.third = share.first / count, share.third / count end
  return shares, count
end

local function entry_of(cell, name)
  for _, entry in ipairs(cell.entries) do
    if entry.schedule == name then return entry end
  end
end

--- The best of a cell but for one.
local function rival_of(cell, name)
  for _, entry in ipairs(cell.entries) do
    if entry.schedule ~= name then return entry end
  end
end

--- How a contestant does against the best of the others, cell by cell.
---@return { cell: table, own: table, rival: table, lead: number, clear: boolean? }[]
---  lead: by how much it is better, below 0: worse; clear: by more than the sum of both deviations, nil if one has none
function ranking.leads(cells, name)
  local leads = {}
  for _, cell in ipairs(cells) do
    local own, rival = entry_of(cell, name), rival_of(cell, name)
    if own and rival then
      local lead, clear = rival.mean - own.mean, nil
      if own.deviation and rival.deviation then clear = math.abs(lead) > own.deviation + rival.deviation end
      leads[#leads + 1] = { cell = cell, own = own, rival = rival, lead = lead, clear = clear }
    end
  end
  return leads
end

--- In which cells one contestant is ahead of another.
---@return integer ahead
---@return integer count    of the cells that have both
---@return table[] behind   cells where it is not
function ranking.ahead(cells, name, other)
  local ahead, count, behind = 0, 0, {}
  for _, cell in ipairs(cells) do
    local own, rival = entry_of(cell, name), entry_of(cell, other)
    if own and rival then
      count = count + 1
      if own.mean < rival.mean then ahead = ahead + 1 else behind[#behind + 1] = cell end
    end
  end
  return ahead, count, behind
end

--- Those cells that a function keeps.
function ranking.only(cells, kept)
  local some = {}
  for _, cell in ipairs(cells) do
    if kept(cell) then some[#some + 1] = cell end
  end
  return some
end

return ranking
