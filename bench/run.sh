#!/bin/bash
# One bounded run of what docs/performance.md lists: the real server with authentication, rights, durable records and live events on,
# the load on the same machine. It takes about six minutes, prints a table, and ends the processes that it started.
#   bench/run.sh            everything
#   bench/run.sh calls pdd  only these: decide replay rights start reg calls pdd bridge conf browsers sound memory overload lists
# TANDEM names a finished binary; OUT a directory that keeps every line the load tools printed.
# RT=1 runs server and generator of the post-dial delay under the real-time scheduler, so that other jobs of a shared machine do not count.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# Ports of calls rest for five seconds, so 600 calls/s of one second need 7200 pairs.
# A network of its own: fixed ports collide with nobody, and nothing leaves the machine.
if [ -z "${TANDEM_BENCH_NET:-}" ] && unshare -n true 2>/dev/null; then
  TANDEM_BENCH_NET=1 exec unshare -n "$here/run.sh" "$@"
fi
[ -n "${TANDEM_BENCH_NET:-}" ] && ip link set lo up
ulimit -n "$(ulimit -Hn)" 2>/dev/null
cd "$here/.." || exit 1
work=$(mktemp -d)
out=${OUT:-$work/out}
mkdir -p "$out"
server=
stop() { # ends our server and waits for it
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
deadline=$((SECONDS + 400))
parts=${*:-decide replay rights start reg calls pdd bridge conf browsers sound memory overload lists}
wanted() { [ $SECONDS -lt $deadline ] && case " $parts " in *" $1 "*) ;; *) false ;; esac }

row() { printf '%-52s %14s %14s   %s\n' "$1" "$2" "$3" "${4:-}" | tee -a "$out/table"; }
val() { sed -n 's/.*"'"$2"'":\[\{0,1\}\([-+0-9.e]*\).*/\1/p' "$out/$1" | tail -1; }
num() { awk -v x="${1:-0}" -v f="$2" 'BEGIN { printf f, x }'; }

tandem=${TANDEM:-$work/tandem}
[ -n "${TANDEM:-}" ] || go build -o "$tandem" ./cmd/tandem || exit 1
(cd bench/rtpload && go build -o "$work/rtpload" .) || exit 1
go build -o "$work/seed" ./bench/seed || exit 1
for n in 1 5000; do "$work/seed" -data "$work/seed-$n" -n "$n" -groups 50 || exit 1; done

serve() { # serve SEED [command before the server]: a fresh server on a copy of the office
  stop
  rm -rf "$work/data" && cp -r "$work/seed-$1" "$work/data" && shift
  "$@" "$tandem" serve --data "$work/data" --http 127.0.0.1:"${HTTP:-0}" --sip 127.0.0.1:5060 --sips '' --public 127.0.0.1 \
    --rtp 34000-59999 --exempt 127.0.0.0/8 --digests MD5,SHA-256 --rate 100000 >"$out/server" 2>&1 &
  server=$!
}
ready() { timeout 20 "$work/rtpload" -mode first -from u00000 -pass 'p{user}' >/dev/null; sleep 0.5; }
load() { # load NAME arguments…: one line of figures into $out/NAME
  local name=$1
  shift
  timeout 60 "${gen[@]}" "$work/rtpload" -json -pids "$server" -pass 'p{user}' -aport 31000 -bport 33000 "$@" >"$out/$name" 2>"$out/$name.err"
}
gen=()
office=(-users 1000 -callee '1%04d' -account 'u%05d' -from 'u%05d' -skip 2000)
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$server/status"; }

echo "machine: $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg), $(uname -sr), $(go version | cut -d' ' -f3), $(git rev-parse --short HEAD 2>/dev/null)" | tee "$out/table"
row metric measured reach remarks
row ------ -------- ----- -------

if wanted decide; then
  go test -run '^$' -bench 'BenchmarkDecide' -benchtime 0.2s -benchmem ./policy ./route ./toll >"$out/decide" 2>&1
  awk '/^pkg:/ { p = $2; sub(".*/", "", p) } /^Benchmark/ { n = $1; sub("Benchmark", "", n); sub("-[0-9]+$", "", n); ns = 0; al = "?"
      for (i = 2; i < NF; i++) { if ($(i+1) == "ns/op") ns = $i; if ($(i+1) == "allocs/op") al = $i }
      printf "%s %s|%s ns|%s|%s allocs\n", p, n, ns, (p == "policy" ? "100 ns" : p == "toll" ? "1000 ns" : "5000 ns"), al }' "$out/decide" |
    while IFS='|' read -r a b c d; do row "$a" "$b" "$c" "$d"; done
fi

if wanted replay; then # a million recorded calls through a draft, with prices and budgets, on one processor at a time
  go test -run '^$' -bench 'BenchmarkReplay' -benchtime 2x -benchmem ./whatif >"$out/replay" 2>&1
  awk '/^Benchmark/ { n = $1; sub("Benchmark", "", n); sub("-[0-9]+$", "", n); for (i = 2; i < NF; i++) if ($(i+1) == "ns/op") printf "%s %.2f\n", n, $i / 1e9 }' "$out/replay" |
    while read -r n s; do row "whatif $n, 1,000,000 calls" "$s s" "2 s" "wall"; done
fi

if wanted rights; then # the same questions of Cedar, Casbin and OpenFGA; its modules must be in the cache, this network reaches nothing
  if (cd bench/rights && go build -o "$work/rights" .) >"$out/rights.err" 2>&1 && timeout 120 "$work/rights" >"$out/rights"; then
    while read -r line; do row "rights: ${line:0:31}" "${line:31:13} ns" "$([[ $line = Tandem* ]] && echo "100 ns")" "${line:57:9} allocs, answers agree"; done < <(tail -n +3 "$out/rights")
  else
    row "rights beside other engines" "-" "" "not built: $(head -1 "$out/rights.err")"
  fi
fi

if wanted start; then
  for n in 1 5000; do
    : >"$out/start"
    for _ in 1 2 3; do # no pipe around this: a subshell would keep the server to itself
      serve $n
      timeout 20 "$work/rtpload" -json -mode first -from u00000 -pass 'p{user}' >"$out/first"
      val first registered_s >>"$out/start"
    done
    sort -n "$out/start" >"$out/start-$n"
    row "start to first registration, $n devices" "$(num "$(sed -n 2p "$out/start-$n")" '%.3f s')" "$([ $n = 1 ] && echo 0.5 s || echo 1.0 s)" "median of 3: $(tr '\n' ' ' <"$out/start-$n")"
  done
fi

if wanted reg; then
  serve 5000
  ready
  for cps in 2000 4000; do
    load reg-$cps -mode reg -users 5000 -from 'u%05d' -n $((cps * 5)) -cps $cps
    row "registrations at $cps/s, CPU-s per 1000" "$(num "$(val reg-$cps per1000)" %.3f)" 0.25 "failed $(val reg-$cps failed), repeated $(val reg-$cps retransmissions), p99 $(num "$(val reg-$cps p99_ms)" %.1f) ms, machine busy $(num "$(val reg-$cps machine_busy_cores)" %.1f)"
  done
fi

if wanted calls; then
  serve 5000
  ready
  first=-register
  for cps in 100 300 600; do
    load calls-$cps -mode calls "${office[@]}" $first -n $((cps * 8)) -cps $cps
    first=-hold=1s
    row "calls at $cps/s, CPU-s per 1000" "$(num "$(val calls-$cps per1000)" %.3f)" 1.5 "failed $(val calls-$cps failed), repeated $(val calls-$cps retransmissions), delay p50/p99 $(num "$(val calls-$cps p50_ms)" %.1f)/$(num "$(val calls-$cps p99_ms)" %.1f) ms, machine busy $(num "$(val calls-$cps machine_busy_cores)" %.1f)"
  done
fi

if wanted pdd; then
  rt=()
  [ -n "${RT:-}" ] && rt=(chrt -r 1)
  serve 5000 "${rt[@]}"
  ready
  gen=("${rt[@]}")
  load pdd -mode calls "${office[@]}" -register -n 500 -cps 50
  gen=()
  row "post-dial delay at 50/s, two round trips, p50 / p99" "$(num "$(val pdd p50_ms)" %.2f)/$(num "$(val pdd p99_ms)" %.2f) ms" "1.5/3 ms" "CPU-s per 1000 $(num "$(val pdd per1000)" %.2f), machine busy $(num "$(val pdd machine_busy_cores)" %.1f)${RT:+, real-time}"
fi

if wanted bridge; then
  serve 5000
  ready
  load bridge -mode bridge "${office[@]}" -register -n 300 -cps 40 -dur 10s
  row "anchored PCMU, 300 calls, CPU-ms per call-second" "$(num "$(val bridge cpu_ms_per_call_s)" %.3f)" 1.1 "up $(val bridge up), lost $(num "$(val bridge loss_pct)" %.3f) %, one-way p50 $(num "$(val bridge lat_ms)" %.2f) ms, machine busy $(num "$(val bridge machine_busy_cores)" %.1f)"
fi

if wanted conf; then # all speak loudly all the time
  serve 5000
  ready
  for n in 20 100; do
    load conf-$n -mode conf -callee 9000 -users 1000 -from 'u%05d' -n $n -cps 20 -dur 10s
    row "conference of $n, PCMU, CPU-ms per party-second" "$(num "$(val conf-$n cpu_ms_per_call_s)" %.3f)" 1.8 "up $(val conf-$n up), lost $(num "$(val conf-$n loss_pct)" %.3f) %, machine busy $(num "$(val conf-$n machine_busy_cores)" %.1f)"
  done
fi

if wanted browsers; then # pion plays the browsers; its modules must be in the cache, this network reaches nothing
  if (cd bench/webload && go build -o "$work/webload" .) >"$out/webload.err" 2>&1; then
    HTTP=8099 serve 5000
    ready
    timeout 60 "$work/webload" -json -pids "$server" -server ws://127.0.0.1:8099/sip -skip 100 -n 50 -cps 20 >"$out/browsers" 2>>"$out/webload.err"
    row "browser leg, Opus, 100 legs at 20 calls/s, CPU-ms per leg-s" "$(num "$(val browsers cpu_ms_per_leg_s)" %.2f)" 2.5 "up $(val browsers up), failed $(val browsers failed), answered p99 $(num "$(val browsers answered_ms_p99)" %.0f) ms, lost $(num "$(val browsers loss_pct)" %.3f) %, coming $(num "$(val browsers setup_cpu_ms_per_leg)" %.1f) CPU-ms and $(num "$(val browsers kb_per_leg)" %.0f) kB each"
  else
    row "browser leg" "-" 2.5 "not built: $(head -1 "$out/webload.err")"
  fi
fi

if wanted sound; then # translation, conferences and recording, in the test process: the phones' own thread is taken off
  go test ./media -run '^$' -bench 'Calls|Party|Transcode|Memory|Settle' -benchtime 1x >"$out/sound" 2>&1
  awk '/^Benchmark/ { n = $1; sub("Benchmark", "", n); sub("-[0-9]+$", "", n); v = ""; r = ""
      for (i = 3; i < NF; i += 2) { if (v == "" && $(i+1) ~ /CPU-ms|B\/call|ns\/op/ && (n !~ /Calls|Party|Memory/ || $(i+1) !~ /ns\/op/)) v = $i " " $(i+1); if ($(i+1) ~ /p99|lost/) r = r $i " " $(i+1) "  " }
      printf "sound: %s|%s|%s\n", n, v, r }' "$out/sound" |
    while IFS='|' read -r a b c; do row "$a" "$b" "" "$c"; done
fi

if wanted memory; then
  serve 5000
  ready
  sleep 1
  idle=$(rss)
  load memory-reg -mode reg -users 5000 -from 'u%05d' -n 5000 -cps 1000
  registered=$(rss)
  load memory -mode bridge "${office[@]}" -n 300 -cps 40 -dur 1s
  row "memory idle, 5000 people" "$((idle / 1024)) MB" "45 MB"
  row "memory per registration" "$(num "$(awk "BEGIN { print ($registered - $idle) / 5000 }")" '%.1f kB')" "6 kB" "resident, without a garbage collection in between"
  row "memory per call" "$(num "$(awk "BEGIN { print ($(val memory rss_during_kb) - $(val memory rss_before_kb)) / 300 }")" '%.1f kB')" "100 kB" "resident, 300 calls"
  serve 1
  ready
  sleep 1
  row "memory idle, empty office" "$(($(rss) / 1024)) MB" "45 MB"
fi

if wanted overload; then # the server has one processor, the load the other
  serve 5000 taskset -c 0
  ready
  gen=(taskset -c 1)
  peak=0 first=-register
  for cps in 400 600 800 1000 1200; do
    load overload-$cps -mode calls "${office[@]}" $first -n $((cps * 4)) -cps $cps -setup-timeout 8s
    first=-hold=1s
    good=$(num "$(val overload-$cps goodput)" %.0f)
    [ "$good" -gt "$peak" ] && peak=$good
    [ "$good" -lt $((cps * 9 / 10)) ] && break
  done
  cps=$((2 * peak))
  load overload -mode calls "${office[@]}" -n $((cps * 5)) -cps $cps -setup-timeout 8s
  gen=()
  failed=$(val overload failed) refused=$(val overload busy503)
  row "overload, $cps calls/s offered to one processor" "$(num "$(awk "BEGIN { print 100 * $(val overload goodput) / $peak }")" '%.0f %%')" "80 %" "peak $peak/s; of $failed not carried $refused answered 503; sent $(num "$(val overload reached)" %.0f)/s"
fi
stop

if wanted lists; then
  go test -run '^$' -bench 'BenchmarkUsersOfTenThousand/olga.*(users|calls)|BenchmarkCalls$/sqlite/(everything|own|longest)$' -benchtime 20x ./api ./store >"$out/lists" 2>&1
  awk '/^Benchmark/ { n = $1; sub("Benchmark", "", n); sub("-[0-9]+$", "", n); for (i = 2; i < NF; i++) if ($(i+1) == "ns/op") printf "%s|%.2f ms\n", n, $i / 1e6 }' "$out/lists" |
    while IFS='|' read -r a b; do row "list $a" "$b" "20 ms" "mean of 20"; done
fi

echo "done in $SECONDS s, load $(cut -d' ' -f1-3 /proc/loadavg)" | tee -a "$out/table"
