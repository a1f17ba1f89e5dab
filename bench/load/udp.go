package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

const (
	// Datagrams of one stream on the way at once: few enough that a loss is the proxy's own.
	window = 32
	// After so long without one the rest counts as lost.
	lostAfter = 500 * time.Millisecond
	// As a share of all, more losses than this are a failure.
	toleratedLoss = 0.01
	socketBuffer  = 8 << 20
)

// udp sends datagrams through SOCKS5 associations, one for each stream, to an echo and back.
func udp(*target) result {
	peer, err := net.ListenUDP("udp4", &net.UDPAddr{IP: loopback(1)})
	check(err)
	peer.SetReadBuffer(socketBuffer)
	go echoDatagrams(peer)
	to := peer.LocalAddr().(*net.UDPAddr)
	per := *count / *streams
	sum := each(func(stream int, r *result) error {
		control, link, err := associate()
		if err != nil {
			return err
		}
		defer control.Close()
		defer link.Close()
		datagram := append([]byte{0, 0, 0}, address(to.IP, to.Port)...)
		datagram = append(datagram, make([]byte, *size)...)
		back := make([]byte, 1<<16)
		for sent, onTheWay := 0, 0; sent < per || onTheWay > 0; {
			for ; onTheWay < window && sent < per; onTheWay++ {
				if _, err := link.Write(datagram); err != nil {
					return err
				}
				sent++
			}
			link.SetReadDeadline(time.Now().Add(lostAfter))
			n, err := link.Read(back)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				onTheWay = 0
				continue
			}
			if err != nil {
				return err
			}
			if n != len(datagram) {
				return fmt.Errorf("a datagram of %d bytes came back with %d", len(datagram), n)
			}
			onTheWay--
			r.Operations++
		}
		return nil
	})
	if lost := per**streams - sum.Operations; float64(lost) > toleratedLoss*float64(per**streams) {
		sum.failed(fmt.Errorf("%d of %d datagrams were lost", lost, per**streams))
	}
	return sum
}

// associate asks the proxy for an association: the connection that holds it, and the way to it.
func associate() (net.Conn, *net.UDPConn, error) {
	control, err := net.Dial("tcp4", *socks)
	if err != nil {
		return nil, nil, err
	}
	at, err := handshake(control, commandAssociate, net.IPv4zero, 0)
	if err != nil {
		control.Close()
		return nil, nil, err
	}
	if at.IP.IsUnspecified() {
		at.IP = loopback(1)
	}
	link, err := net.DialUDP("udp4", nil, at)
	if err != nil {
		control.Close()
		return nil, nil, err
	}
	link.SetReadBuffer(socketBuffer)
	return control, link, nil
}

func echoDatagrams(peer *net.UDPConn) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := peer.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		peer.WriteToUDPAddrPort(buf[:n], from)
	}
}
