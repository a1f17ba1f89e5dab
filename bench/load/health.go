package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// As a share of all, more checks than this that fail are a failure of the work: a datagram may be
// lost on a busy machine, and then the check has done its work too.
const toleratedChecks = 0.01

const (
	roundTimeout  = 60 * time.Second
	askAgainAfter = 50 * time.Millisecond
)

// answered is how many checks of each kind have been answered.
type answered struct {
	HTTP int64 `json:"http"`
	DNS  int64 `json:"dns"`
}

// serveProbes answers health checks until it is killed: 204 to HTTP, an address to DNS. It prints
// the ports, and tells under /answered how many there were.
func serveProbes() {
	var pages, names atomic.Int64
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(err)
	u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: loopback(1)})
	check(err)
	u.SetReadBuffer(socketBuffer)
	mux := http.NewServeMux()
	mux.HandleFunc("/generate_204", func(w http.ResponseWriter, _ *http.Request) {
		pages.Add(1)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/answered", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(answered{pages.Load(), names.Load()})
	})
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := u.ReadFromUDPAddrPort(buf)
			check(err)
			if reply := dnsReply(buf[:n]); reply != nil {
				names.Add(1)
				u.WriteToUDPAddrPort(reply, from)
			}
		}
	}()
	fmt.Printf("{\"http\":%d,\"dns\":%d}\n", l.Addr().(*net.TCPAddr).Port, u.LocalAddr().(*net.UDPAddr).Port)
	check(http.Serve(l, mux))
}

// dnsReply answers a query of one question with 192.0.2.1; nil for anything else.
func dnsReply(query []byte) []byte {
	if len(query) < 17 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return nil
	}
	end := 12
	for end < len(query) && query[end] != 0 {
		end += 1 + int(query[end])
	}
	end += 5
	if end > len(query) {
		return nil
	}
	reply := append([]byte{}, query[:end]...)
	reply[2], reply[3] = 0x81, 0x80
	copy(reply[6:12], []byte{0, 1, 0, 0, 0, 0})
	return append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
}

// healthRounds lets the group check all its members, each over TCP and UDP, as often as asked. Both
// checks of a node are one operation.
func healthRounds() (r result) {
	begin, err := readAnswered()
	check(err)
	for i := 0; i < *rounds && r.Failures == 0; i++ {
		if err := healthRound(); err != nil {
			r.failed(err)
		}
	}
	end, err := readAnswered()
	check(err)
	r.Operations = int(end.HTTP-begin.HTTP+end.DNS-begin.DNS) / 2
	return r
}

// healthRound waits until the last member's checks have been answered. That is a little before the
// group has ended its round, and what is asked for until then joins that round: so it asks again
// when nothing comes.
func healthRound() error {
	before, err := readAnswered()
	check(err)
	last, lastAt := before, time.Time{}
	for begin := time.Now(); time.Since(begin) < roundTimeout; time.Sleep(5 * time.Millisecond) {
		now, err := readAnswered()
		check(err)
		if now.HTTP-before.HTTP >= int64(*count) && now.DNS-before.DNS >= int64(*count) {
			return nil
		}
		if now != last {
			last, lastAt = now, time.Now()
		}
		if time.Since(lastAt) > askAgainAfter {
			check(order("/api/v1/app/outbound/failover/healthcheck?outbound=" + url.QueryEscape(*group)))
			lastAt = time.Now()
		}
	}
	return fmt.Errorf("only %d HTTP and %d DNS checks of %d nodes came in %v",
		last.HTTP-before.HTTP, last.DNS-before.DNS, *count, roundTimeout)
}

func readAnswered() (a answered, err error) {
	response, err := http.Get("http://" + *probed + "/answered")
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	return a, json.NewDecoder(response.Body).Decode(&a)
}

// order asks the API to do something.
func order(path string) error {
	response, err := http.Post("http://"+*api+path, "", nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s: %s", path, response.Status, body)
	}
	return err
}

// asked is how often the health of all nodes was asked while the echoes ran.
type asked struct {
	Rounds   int     `json:"rounds"`
	Failures int     `json:"failures"`
	Seconds  float64 `json:"slowest_s"`
}

// ask asks the health of all nodes, all at once, again and again until it is told to stop.
func (a *asked) ask(stop <-chan struct{}) {
	transport := http.DefaultTransport.(*http.Transport)
	transport.MaxIdleConnsPerHost = *nodes
	for {
		begin := time.Now()
		a.once()
		a.Rounds++
		a.Seconds = max(a.Seconds, time.Since(begin).Seconds())
		select {
		case <-stop:
			return
		case <-time.After(max(0, *every-time.Since(begin))):
		}
	}
}

func (a *asked) once() {
	ctx, cancel := context.WithTimeout(context.Background(), roundTimeout)
	defer cancel()
	var all sync.WaitGroup
	var failures atomic.Int64
	for i := 0; i < *nodes; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := askOne(ctx, fmt.Sprintf("n%d", i)); err != nil && failures.Add(1) == 1 {
				fmt.Fprintln(os.Stderr, "load:", err)
			}
		}()
	}
	all.Wait()
	a.Failures += int(failures.Load())
}

// askOne fails too when the node could not be reached: then the checks did not do their work.
func askOne(ctx context.Context, tag string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+*api+"/api/v1/runtime/outbound/"+tag+"/health", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var told struct {
		TCP *float64 `json:"tcp_ms"`
		UDP *float64 `json:"udp_ms"`
	}
	if err := json.NewDecoder(response.Body).Decode(&told); err != nil {
		return fmt.Errorf("%s: %s: %w", tag, response.Status, err)
	}
	if told.TCP == nil || told.UDP == nil {
		return fmt.Errorf("the check of %s failed: over TCP %t, over UDP %t", tag, told.TCP == nil, told.UDP == nil)
	}
	return nil
}
