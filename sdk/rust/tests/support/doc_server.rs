/// Answers every request with this, on a port of its own; what the examples of the documentation
/// talk to. Returns its base URL.
#[allow(dead_code)]
fn doc_server(status: u16, body: &'static str) -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: ");
            write!(stream, "{head}{}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    url
}
