package com.github.shiroedev2024.leaf.core.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command talks to: its output, its error output and its environment. Nothing here reads
 * {@code System} itself, so that tests can look at what was written.
 */
public record Console(PrintWriter out, PrintWriter err, Map<String, String> environment) {
  /** The process's own. */
  public static Console system() {
    return new Console(writer(System.out), writer(System.err), System.getenv());
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
  }

  void say(String text) {
    out.println(text);
    out.flush();
  }

  void complain(String text) {
    err.println(text);
    err.flush();
  }
}
