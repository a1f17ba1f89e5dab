package com.github.shiroedev2024.leaf.engine.group.select;

import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The settings of a select group. */
record SelectOptions(List<String> actors) implements PartOptions {
  static SelectOptions read(Settings settings) {
    return new SelectOptions(Members.readOnce(settings));
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
