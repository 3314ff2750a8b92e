-- wrk asks what the file names, line by line, and reports as one line of JSON.
-- wrk -s questions.lua URL -- FILE [first line]
local paths, place = {}, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrong = 0
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  place = tonumber(args[2] or "0")
end

function request()
  place = place + 1
  return wrk.format("GET", paths[(place - 1) % #paths + 1])
end

function response(status)
  if status ~= 200 then wrong = wrong + 1 end
end

function done(summary, latency)
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
  print(string.format('{"rate": %f, "p50_ms": %f, "p95_ms": %f, "requests": %d, "bytes": %d, "wrong": %d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, summary.requests, summary.bytes, wrong))
end
