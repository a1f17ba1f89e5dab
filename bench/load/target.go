package main

import (
	"encoding/binary"
	"io"
	"net"
)

const chunk = 128 << 10

// Connections go to that many loopback addresses by turns: what they leave behind (TIME_WAIT)
// would else use up the local ports of a proxy that opens tens of thousands.
const targetAddresses = 32

// target is what the proxy's connections and datagrams arrive at.
type target struct {
	port int
	// how many of the addresses from 127.0.0.1 on it listens at
	addresses int
}

func newTarget() (*target, error) {
	first, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: loopback(1)})
	if err != nil {
		return nil, err
	}
	go serve(first)
	t := &target{port: first.Addr().(*net.TCPAddr).Port, addresses: 1}
	for t.addresses < targetAddresses {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: loopback(byte(t.addresses + 1)), Port: t.port})
		if err != nil {
			break // a system whose loopback has one address, or whose port is taken there
		}
		go serve(l)
		t.addresses++
	}
	return t, nil
}

// at is an address of the target; neighbouring turns get different ones.
func (t *target) at(turn int) *net.TCPAddr {
	return &net.TCPAddr{IP: loopback(byte(1 + turn%t.addresses)), Port: t.port}
}

// serve reads one command byte and a length, then sends, takes or echoes.
func serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go answer(c)
	}
}

func answer(c net.Conn) {
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
		buf := make([]byte, n)
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
}

// onlyWriter hides ReadFrom, which would read in small pieces.
type onlyWriter struct{ io.Writer }

// head is what tells the target what to do: send or take n bytes, or echo with a buffer of n.
func head(what byte, n int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{what}, uint64(n))
}
