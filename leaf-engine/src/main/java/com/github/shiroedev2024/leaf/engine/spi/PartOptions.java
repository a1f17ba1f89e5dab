package com.github.shiroedev2024.leaf.engine.spi;

import java.util.List;

/**
 * The typed settings of one inbound or outbound: a record, whose equality tells a reload whether
 * the part changed.
 */
public interface PartOptions {
  /** Tags of other parts these settings name, in order: a group's members, a chain's actors. */
  default List<String> references() {
    return List.of();
  }

  /** No settings at all. */
  record None() implements PartOptions {}
}
