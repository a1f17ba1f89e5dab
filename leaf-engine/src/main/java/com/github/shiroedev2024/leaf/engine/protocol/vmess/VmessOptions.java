package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.ServerAddress;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the outbound {@code vmess}.
 *
 * @param server null when a part below reaches it
 */
record VmessOptions(@Nullable Destination server, UUID uuid, VmessSecurity security)
    implements PartOptions {
  private static final UUID NOBODY = new UUID(0, 0);

  static List<Key> keys() {
    List<Key> keys = new ArrayList<>(ServerAddress.KEYS);
    keys.add(new Key("uuid", "required", "the user's UUID"));
    keys.add(new Key("security", "auto", "the body's cipher: " + VmessSecurity.WORDS));
    return List.copyOf(keys);
  }

  static VmessOptions read(Settings settings) {
    return new VmessOptions(
        ServerAddress.read(settings),
        Objects.requireNonNullElse(Uuids.required(settings, "uuid"), NOBODY),
        security(settings));
  }

  private static VmessSecurity security(Settings settings) {
    String word = settings.string("security", "auto");
    VmessSecurity security = VmessSecurity.of(word);
    if (security == null) {
      settings.error(
          "security",
          "'" + word + "' is not a cipher of VMess",
          "use one of " + VmessSecurity.WORDS);
      return VmessSecurity.AES_128_GCM;
    }
    return security;
  }

  /** Without the UUID. */
  @Override
  public String toString() {
    return "vmess " + server + " " + security;
  }
}
