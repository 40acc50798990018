-- wrk: page views of many visitors, each with an id of its own. Arguments: events a request, known visitors, visitors.
local thread_count = 0
function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

local paths = { "/pricing", "/products/laser-cutting/overview", "/blog/tolerances", "/cases/metos", "/", "/contact" }
local sent, events, known, visitors, salt = 0, 1, 0, 5000, 0

function init(args)
  events, known, visitors = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  salt = args[4]
  math.randomseed(os.time() + number * 7919)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "text/plain;charset=UTF-8"
  wrk.headers["Origin"] = "https://www.bench.example"
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
end

function request()
  local visitor = math.random(visitors)
  local token = visitor <= known and string.format("known-%014d", visitor) or string.format("bench-%014d", visitor)
  local parts = {}
  for place = 1, events do
    sent = sent + 1
    parts[place] = string.format(
      '{"i":"%s-%d-%09d","k":"page_view","a":%d,"u":"https://www.bench.example%s","d":{"title":"Laser works"}}',
      salt, number, sent, (events - place) * 900, paths[math.random(#paths)])
  end
  wrk.body = '{"s":"bench","v":"' .. token .. '","e":[' .. table.concat(parts, ",") .. "]}"
  return wrk.format()
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"failed":%d,"timeouts":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, failed, summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
