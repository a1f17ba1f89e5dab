package com.github.shiroedev2024.leaf.core.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.google.gson.JsonPrimitive;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.IDN;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code leaf cert}: a key and a certificate that vouches for itself, for trying out. */
@Command(
    name = "cert",
    description = {
      "Makes a self-signed certificate and its key, and prints the lines to use them.",
      "",
      "Clients trust it by its digest (pinned-sha256) or by the file itself (tls-cert)."
    })
final class CertCommand implements Callable<Integer> {
  private static final String CERTIFICATE = "cert.pem";
  private static final String KEY = "key.pem";

  /** So that a client whose clock is a little behind accepts it at once. */
  private static final Duration EARLIER = Duration.ofHours(1);

  private static final Pattern NAME =
      Pattern.compile(
          "(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

  private final Console console;

  @Option(
      names = "--name",
      paramLabel = "HOST",
      arity = "1..*",
      split = ",",
      description =
          "Domain names and IP addresses it is for (default: localhost and its addresses).")
  List<String> names = List.of("localhost", "127.0.0.1", "::1");

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long it is valid, 1 to 36500 (default: ${DEFAULT-VALUE}).")
  int days = 365;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where cert.pem and key.pem are written (default: here).")
  Path folder = Path.of("");

  @Option(names = "--force", description = "Replace files that are there.")
  boolean force;

  CertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (days < 1 || days > 36_500) {
      throw new CommandException("--days " + days + ": use a number from 1 to 36500");
    }
    List<String> checked = checkedNames();
    Path target = folder.toAbsolutePath().normalize();
    Path certificateFile = target.resolve(CERTIFICATE);
    Path keyFile = target.resolve(KEY);
    for (Path file : List.of(certificateFile, keyFile)) {
      if (!force && Files.exists(file)) {
        throw new CommandException(
            file + " is there already; name another folder with --out, or replace it with --force");
      }
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant until = now.plus(Duration.ofDays(days));
    Identity made = SelfSigned.make(checked, now.minus(EARLIER), until);
    X509Certificate certificate = made.chain().getFirst();
    try {
      Files.createDirectories(target);
      // The key first: a server that watches both sees a pair that fits once the certificate is
      // new.
      write(keyFile, SelfSigned.pem("PRIVATE KEY", made.key().getEncoded()), true);
      write(certificateFile, SelfSigned.pem("CERTIFICATE", certificate.getEncoded()), false);
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(e.getFile() + " is not a folder");
    } catch (IOException e) {
      throw new CommandException("cannot write to " + target + ": " + e.getMessage());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was just made has its bytes", e);
    }
    tell(checked, until, certificateFile, keyFile, ServerTrust.digest(certificate));
    return ExitCodes.OK;
  }

  private List<String> checkedNames() {
    List<String> checked = new ArrayList<>();
    for (String written : names) {
      String name = written.strip();
      if (NetUtil.createByteArrayFromIpAddressString(name) != null) {
        checked.add(name);
        continue;
      }
      String ascii;
      try {
        // One that is much longer breaks the conversion.
        ascii = name.length() > 253 ? "" : IDN.toASCII(name).toLowerCase(Locale.ROOT);
      } catch (IllegalArgumentException e) {
        ascii = "";
      }
      if (ascii.length() > 253 || !NAME.matcher(ascii).matches()) {
        throw new CommandException(
            "--name '" + written + "' is neither a domain name nor an IP address");
      }
      checked.add(ascii);
    }
    return checked;
  }

  /** Writes beside the file and moves it there, so that nobody reads half of it. */
  private static void write(Path file, String text, boolean secret) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(
                  PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--"))
            }
            : new FileAttribute<?>[0];
    Path folder = file.getParent();
    Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new", attributes);
    try {
      Files.writeString(fresh, text, US_ASCII);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void tell(
      List<String> checked, Instant until, Path certificate, Path key, String digest) {
    console.say("wrote " + certificate);
    console.say("wrote " + key);
    console.say("for " + String.join(", ", checked) + ", valid until " + until);
    console.say("");
    console.say("server (JSON, in inbounds, named by a chain in front of the protocol):");
    console.say(
        "  {\"tag\": \"tls\", \"protocol\": \"tls\", \"settings\": {\"certificate\": "
            + quoted(certificate)
            + ", \"certificateKey\": "
            + quoted(key)
            + "}}");
    console.say("client (.conf, at the end of the proxy line):");
    console.say("  tls=true, sni=" + checked.getFirst() + ", pinned-sha256=" + digest);
    console.say("client (JSON, settings of tls):");
    console.say(
        "  \"serverName\": \"" + checked.getFirst() + "\", \"pinnedSha256\": [\"" + digest + "\"]");
  }

  private static String quoted(Path path) {
    return new JsonPrimitive(path.toString()).toString();
  }
}
