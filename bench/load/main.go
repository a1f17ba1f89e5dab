// Command load puts known work on a SOCKS5 proxy and prints one JSON line: what was moved, how long
// it took, and what the proxy's process spent on it (CPU time and memory, from /proc).
//
//	load -socks 127.0.0.1:1080 -pid 123 -work down -streams 4 -mib 512
//
// Work: down and up move bulk bytes, echo sends small messages back and forth, connect opens
// connections one after another with one byte each way. The target server runs inside this program,
// so all traffic stays on the loopback interface.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const chunk = 128 << 10

var (
	socks   = flag.String("socks", "", "address of the SOCKS5 proxy; empty connects directly")
	pid     = flag.Int("pid", 0, "process whose CPU time and memory are measured")
	work    = flag.String("work", "down", "down, up, echo or connect")
	streams = flag.Int("streams", 4, "connections at once")
	mib     = flag.Int("mib", 512, "MiB in all, for down and up")
	count   = flag.Int("count", 5000, "operations in all, for echo and connect")
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
	RSSMiB      float64 `json:"rss_mib"`
}

func main() {
	flag.Parse()
	target, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go serve(target)
	address := target.Addr().(*net.TCPAddr)
	before := cpu()
	begin := time.Now()
	var r result
	switch *work {
	case "down", "up":
		r = bulk(address)
	case "echo":
		r = echo(address)
	case "connect":
		r = connect(address)
	default:
		check(fmt.Errorf("unknown work %q", *work))
	}
	r.Work = *work
	r.Seconds = time.Since(begin).Seconds()
	r.CPUSeconds = cpu() - before
	r.GbitPerS = float64(r.Bytes) * 8 / 1e9 / r.Seconds
	if r.Bytes > 1<<20 {
		r.CPUPerGiB = r.CPUSeconds / (float64(r.Bytes) / (1 << 30))
	}
	if r.Operations > 0 {
		r.CPUMicrosOp = r.CPUSeconds * 1e6 / float64(r.Operations)
	}
	r.RSSMiB = rss()
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

// serve reads one command byte and a length, then sends, takes or echoes.
func serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			var head [9]byte
			if _, err := io.ReadFull(c, head[:]); err != nil {
				return
			}
			n := int64(binary.BigEndian.Uint64(head[1:]))
			switch head[0] {
			case 'd':
				buf := make([]byte, chunk)
				for n > 0 {
					part := min(n, chunk)
					if _, err := c.Write(buf[:part]); err != nil {
						return
					}
					n -= part
				}
			case 'u':
				if m, _ := io.CopyBuffer(onlyWriter{io.Discard}, io.LimitReader(c, n), make([]byte, chunk)); m == n {
					c.Write([]byte{1})
				}
			case 'e':
				buf := make([]byte, 4096)
				for {
					k, err := c.Read(buf)
					if err != nil {
						return
					}
					if _, err := c.Write(buf[:k]); err != nil {
						return
					}
				}
			}
		}()
	}
}

// onlyWriter hides ReadFrom, which would read in small pieces.
type onlyWriter struct{ io.Writer }

func dial(to *net.TCPAddr) (net.Conn, error) {
	if *socks == "" {
		return net.Dial("tcp", to.String())
	}
	c, err := net.Dial("tcp", *socks)
	if err != nil {
		return nil, err
	}
	request := []byte{5, 1, 0, 1}
	request = append(request, to.IP.To4()...)
	request = binary.BigEndian.AppendUint16(request, uint16(to.Port))
	if _, err := c.Write([]byte{5, 1, 0}); err != nil {
		c.Close()
		return nil, err
	}
	var reply [10]byte
	if _, err := io.ReadFull(c, reply[:2]); err != nil {
		c.Close()
		return nil, err
	}
	if _, err := c.Write(request); err != nil {
		c.Close()
		return nil, err
	}
	if _, err := io.ReadFull(c, reply[:]); err != nil {
		c.Close()
		return nil, err
	}
	if reply[1] != 0 {
		c.Close()
		return nil, errors.New("the proxy answered " + strconv.Itoa(int(reply[1])))
	}
	return c, nil
}

func command(c net.Conn, what byte, n int64) error {
	head := binary.BigEndian.AppendUint64([]byte{what}, uint64(n))
	_, err := c.Write(head)
	return err
}

// each runs one worker per stream and adds up what they did.
func each(worker func(r *result) error) result {
	var sum result
	var lock sync.Mutex
	var all sync.WaitGroup
	for i := 0; i < *streams; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			var r result
			err := worker(&r)
			lock.Lock()
			defer lock.Unlock()
			sum.Bytes += r.Bytes
			sum.Operations += r.Operations
			sum.Failures += r.Failures
			if err != nil {
				sum.Failures++
				fmt.Fprintln(os.Stderr, "load:", err)
			}
		}()
	}
	all.Wait()
	return sum
}

func bulk(to *net.TCPAddr) result {
	part := int64(*mib) << 20 / int64(*streams)
	return each(func(r *result) error {
		c, err := dial(to)
		if err != nil {
			return err
		}
		defer c.Close()
		buf := make([]byte, chunk)
		if *work == "down" {
			if err := command(c, 'd', part); err != nil {
				return err
			}
			r.Bytes, err = io.CopyBuffer(onlyWriter{io.Discard}, struct{ io.Reader }{c}, buf)
		} else {
			if err := command(c, 'u', part); err != nil {
				return err
			}
			for r.Bytes < part {
				k, err := c.Write(buf[:min(part-r.Bytes, chunk)])
				r.Bytes += int64(k)
				if err != nil {
					return err
				}
			}
			_, err = io.ReadFull(c, buf[:1])
		}
		if err == nil && r.Bytes != part {
			err = fmt.Errorf("%d of %d bytes came through", r.Bytes, part)
		}
		return err
	})
}

func echo(to *net.TCPAddr) result {
	return each(func(r *result) error {
		c, err := dial(to)
		if err != nil {
			return err
		}
		defer c.Close()
		if err := command(c, 'e', 0); err != nil {
			return err
		}
		buf := make([]byte, 64)
		for r.Operations < *count / *streams {
			if _, err := c.Write(buf); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, buf); err != nil {
				return err
			}
			r.Operations++
		}
		return nil
	})
}

func connect(to *net.TCPAddr) result {
	return each(func(r *result) error {
		for i := 0; i < *count / *streams; i++ {
			if err := once(to); err != nil {
				r.Failures++
				if r.Failures == 1 {
					fmt.Fprintln(os.Stderr, "load:", err)
				}
			} else {
				r.Operations++
			}
		}
		return nil
	})
}

func once(to *net.TCPAddr) error {
	c, err := dial(to)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := command(c, 'e', 0); err != nil {
		return err
	}
	if _, err := c.Write([]byte{7}); err != nil {
		return err
	}
	_, err = io.ReadFull(c, make([]byte, 1))
	return err
}

// cpu is the process's user and system time in seconds; clock ticks are 1/100 s on Linux.
func cpu() float64 {
	if *pid == 0 {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", *pid))
	check(err)
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

func rss() float64 {
	if *pid == 0 {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", *pid))
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}
