package com.github.shiroedev2024.leaf.engine.spi;

/** The cause of a failed lookup when every server that was asked knows that there is no address. */
public final class NoSuchAddress extends Exception {
  private static final long serialVersionUID = 1;
  private final boolean nameExists;

  /**
   * @param nameExists whether the name has records of other kinds
   */
  public NoSuchAddress(boolean nameExists) {
    super(nameExists ? "no such address" : "no such name", null, false, false);
    this.nameExists = nameExists;
  }

  public boolean nameExists() {
    return nameExists;
  }
}
