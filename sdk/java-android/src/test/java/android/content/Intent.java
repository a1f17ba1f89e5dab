package android.content;

/** Stands in for the platform's class, whose stub cannot be made. */
public class Intent {
  private final Class<?> target;

  public Intent(Context context, Class<?> target) {
    this.target = target;
  }

  public Class<?> target() {
    return target;
  }
}
