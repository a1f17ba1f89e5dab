package com.github.shiroedev2024.leaf.sdk.model;

import org.jspecify.annotations.NullUnmarked;

/** What is wrong with a configuration. */
@NullUnmarked
public final class ConfigProblem extends Reply {
  private String severity;

  private String file;

  private Integer line;

  private String path;

  private String text;

  private String reason;

  private String remedy;

  ConfigProblem() {}

  /** {@code error} or {@code warning}. */
  public String getSeverity() {
    return severity;
  }

  /** The file it is in. */
  public String getFile() {
    return file;
  }

  /** The line, from 1; 0 when it belongs to none. */
  public Integer getLine() {
    return line;
  }

  /** The key it is about, such as {@code outbounds[2].settings.port}. */
  public String getPath() {
    return path;
  }

  /** What stands there. */
  public String getText() {
    return text;
  }

  /** What is wrong with it. */
  public String getReason() {
    return reason;
  }

  /** What to do about it. */
  public String getRemedy() {
    return remedy;
  }
}
