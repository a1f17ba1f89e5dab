// Command load puts known work on a SOCKS5 proxy and prints one JSON line: what was moved, how long
// it took, and what the proxy's process spent on it (CPU time and memory, from /proc).
//
//	load -socks 127.0.0.1:1080 -pid 123 -work down -streams 4 -mib 512
//
// Work: down and up move bulk bytes; echo sends small messages back and forth; connect opens
// connections with one byte each way; udp sends datagrams through an association and takes them
// back; hold opens connections and keeps them; round lets a group check its members; serve only
// answers what health checks ask. But for serve, the target of the work runs inside this program,
// so all traffic stays on the loopback interface.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

var (
	socks   = flag.String("socks", "", "address of the SOCKS5 proxy; empty connects directly")
	pid     = flag.Int("pid", 0, "process whose CPU time and memory are measured")
	work    = flag.String("work", "down", "down, up, echo, connect, udp, hold, round or serve")
	streams = flag.Int("streams", 4, "connections at once")
	mib     = flag.Int("mib", 512, "MiB in all, for down and up")
	count   = flag.Int("count", 5000, "operations in all, for echo, connect and udp; connections for hold; nodes for round")
	size    = flag.Int("size", 64, "payload bytes of each echo and datagram")
	pace    = flag.Duration("pace", 0, "echo: pause of each stream between two echoes")
	echoes  = flag.Int("echoes", 0, "hold: echoes over the connections held, in all")
	api     = flag.String("api", "", "round, echo: the address of Leaf's HTTP API")
	group   = flag.String("group", "", "round: the group that checks its members")
	rounds  = flag.Int("rounds", 1, "round: how often, one after the other")
	probed  = flag.String("probed", "", "round: the address of the load that serves the checks")
	nodes   = flag.Int("health-nodes", 0, "echo: meanwhile ask the health of the nodes n0 to this many, all at once")
	every   = flag.Duration("health-every", time.Second, "echo: how often")
)

type result struct {
	Work        string  `json:"work"`
	Seconds     float64 `json:"seconds"`
	Bytes       int64   `json:"bytes"`
	Operations  int     `json:"operations"`
	Failures    int     `json:"failures"`
	GbitPerS    float64 `json:"gbit_per_s"`
	CPUSeconds  float64 `json:"cpu_s"`
	CPUPerGiB   float64 `json:"cpu_s_per_gib"`
	CPUMicrosOp float64 `json:"cpu_us_per_op"`
	P50Micros   float64 `json:"p50_us"`
	P99Micros   float64 `json:"p99_us"`
	RSSMiB      float64 `json:"rss_mib"`
	Held        *held   `json:"held,omitempty"`
	Health      *asked  `json:"health,omitempty"`

	latencies []float64
}

func main() {
	flag.Parse()
	if *work == "serve" {
		serveProbes()
		return
	}
	target, err := newTarget()
	check(err)
	before := cpu()
	begin := time.Now()
	var r result
	switch *work {
	case "down", "up":
		r = bulk(target)
	case "echo":
		r = echo(target)
	case "connect":
		r = connect(target)
	case "udp":
		r = udp(target)
	case "hold":
		r = hold(target)
	case "round":
		r = healthRounds()
	default:
		check(fmt.Errorf("unknown work %q", *work))
	}
	r.Work = *work
	r.Seconds = time.Since(begin).Seconds()
	if r.Held == nil { // hold tells the cost of each of its parts
		r.CPUSeconds = cpu() - before
		r.GbitPerS = float64(r.Bytes) * 8 / 1e9 / r.Seconds
		if r.Bytes > 1<<20 {
			r.CPUPerGiB = r.CPUSeconds / (float64(r.Bytes) / (1 << 30))
		}
		if r.Operations > 0 {
			r.CPUMicrosOp = r.CPUSeconds * 1e6 / float64(r.Operations)
		}
		r.P50Micros, r.P99Micros = quantile(r.latencies, 0.5), quantile(r.latencies, 0.99)
	}
	r.RSSMiB = rss() / 1024
	check(json.NewEncoder(os.Stdout).Encode(r))
	if r.Failures > 0 {
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
}

// each runs one worker per stream and adds up what they did.
func each(worker func(stream int, r *result) error) result {
	var sum result
	var lock sync.Mutex
	var all sync.WaitGroup
	for i := 0; i < *streams; i++ {
		all.Add(1)
		go func(stream int) {
			defer all.Done()
			var r result
			err := worker(stream, &r)
			lock.Lock()
			defer lock.Unlock()
			sum.Bytes += r.Bytes
			sum.Operations += r.Operations
			sum.Failures += r.Failures
			sum.latencies = append(sum.latencies, r.latencies...)
			if err != nil {
				sum.Failures++
				fmt.Fprintln(os.Stderr, "load:", err)
			}
		}(i)
	}
	all.Wait()
	return sum
}

// failed counts a failure and shows the first of each worker.
func (r *result) failed(err error) {
	r.Failures++
	if r.Failures == 1 {
		fmt.Fprintln(os.Stderr, "load:", err)
	}
}

func loopback(last byte) net.IP { return net.IPv4(127, 0, 0, last) }
