package android.content;

/** Stands in for the platform's class, whose stub cannot be made. */
public abstract class Context {
  public static final int BIND_AUTO_CREATE = 1;

  public abstract boolean bindService(Intent service, ServiceConnection connection, int flags);

  public abstract void unbindService(ServiceConnection connection);
}
