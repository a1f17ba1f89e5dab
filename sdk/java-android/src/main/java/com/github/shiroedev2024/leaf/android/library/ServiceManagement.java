package com.github.shiroedev2024.leaf.android.library;

import android.app.Service;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.ServiceConnection;
import android.os.Handler;
import android.os.IBinder;
import android.os.Looper;
import android.util.Log;
import com.github.shiroedev2024.leaf.android.library.delegate.AssetsCallback;
import com.github.shiroedev2024.leaf.android.library.delegate.LeafListener;
import com.github.shiroedev2024.leaf.android.library.delegate.ServiceListener;
import com.github.shiroedev2024.leaf.android.library.delegate.SubscriptionCallback;
import com.github.shiroedev2024.leaf.android.library.model.LeafPreferences;
import com.github.shiroedev2024.leaf.android.library.model.UpdateLeafPreferences;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An app's hold on the service that runs Leaf: binds it, controls it, tells listeners. Thread-safe;
 * listeners and callbacks are called on the main thread.
 *
 * <p>The app says once which service that is, then binds:
 *
 * <pre>{@code
 * ServiceManagement leaf = ServiceManagement.getInstance();
 * leaf.setService(MyLeafService.class);
 * leaf.addServiceListener(listener);
 * leaf.bindService(context);
 * }</pre>
 */
public final class ServiceManagement {
  private static final String NOT_BOUND = "the Leaf service is not bound; call bindService first";
  private static final String NOT_SUPPORTED = " is not supported by this core";

  private final Executor mainThread;
  private final Executor worker;
  private final CopyOnWriteArrayList<ServiceListener> serviceListeners =
      new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<LeafListener> leafListeners = new CopyOnWriteArrayList<>();
  private final LeafListener relay = new Relay();
  private volatile @Nullable LeafService bound;

  // guarded by this
  private @Nullable Class<? extends Service> serviceClass;
  private Function<IBinder, @Nullable LeafService> adapter = ServiceManagement::itself;
  private @Nullable Connection connection;

  ServiceManagement(Executor mainThread, Executor worker) {
    this.mainThread = mainThread;
    this.worker = worker;
  }

  /** The one of this process; the first call makes it. */
  public static ServiceManagement getInstance() {
    return Holder.INSTANCE;
  }

  private static final class Holder {
    static final ServiceManagement INSTANCE = make();

    private static ServiceManagement make() {
      Handler handler = new Handler(Looper.getMainLooper());
      return new ServiceManagement(
          handler::post,
          task -> {
            Thread thread = new Thread(task, "leaf-configuration");
            thread.setDaemon(true);
            thread.start();
          });
    }
  }

  private static @Nullable LeafService itself(IBinder binder) {
    return binder instanceof LeafService ? (LeafService) binder : null;
  }

  /** Names the app's service, whose binder is a {@link LeafService} in this very process. */
  public void setService(Class<? extends Service> service) {
    setService(service, ServiceManagement::itself);
  }

  /**
   * Names the app's service.
   *
   * @param service to be bound by {@link #bindService}
   * @param binderAdapter makes a {@link LeafService} of the service's binder, for one in another
   *     process; null when it does not know the binder
   */
  public synchronized void setService(
      Class<? extends Service> service, Function<IBinder, @Nullable LeafService> binderAdapter) {
    this.serviceClass = service;
    this.adapter = binderAdapter;
  }

  /**
   * Binds the service, creating it if need be; listeners hear of the outcome. Nothing happens when
   * it is bound already.
   */
  public void bindService(Context context) {
    Class<? extends Service> service;
    Connection next = new Connection();
    synchronized (this) {
      service = serviceClass;
      if (connection != null) {
        return;
      }
      if (service != null) {
        connection = next;
      }
    }
    if (service == null) {
      failed(new LeafException("no Leaf service is known; call setService first"));
      return;
    }
    boolean found;
    try {
      found = context.bindService(new Intent(context, service), next, Context.BIND_AUTO_CREATE);
    } catch (SecurityException e) {
      forget(next);
      failed(e);
      return;
    }
    if (!found) {
      forget(next);
      // Android keeps the connection registered even then
      context.unbindService(next);
      failed(
          new LeafException(
              service.getName() + " cannot be bound; declare it in the app's manifest"));
    }
  }

  private synchronized void forget(Connection which) {
    if (connection == which) {
      connection = null;
    }
  }

  /** Lets go of the service; Leaf goes on running if it was started. Harmless when not bound. */
  public void unbindService(Context context) {
    Connection last;
    synchronized (this) {
      last = connection;
      connection = null;
    }
    if (last != null) {
      context.unbindService(last);
      disconnected();
    }
  }

  /** Whether there is no bound service to talk to. */
  public boolean isServiceDead() {
    return bound == null;
  }

  /** Begins to start the runtime; listeners hear of the outcome. */
  public void startLeaf() {
    withService(LeafService::startLeaf, LeafListener::onStartFailed);
  }

  /** Begins to stop the runtime; listeners hear of the outcome. */
  public void stopLeaf() {
    withService(LeafService::stopLeaf, LeafListener::onStopFailed);
  }

  /** Begins to reload the configuration; listeners hear of the outcome. */
  public void reloadLeaf() {
    withService(LeafService::reloadLeaf, LeafListener::onReloadFailed);
  }

  /** Stops the runtime and ends the core; listeners hear of the outcome. */
  public void stopCore() {
    withService(LeafService::stopCore, LeafListener::onStopFailed);
  }

  private interface Failed {
    void tell(LeafListener listener, @Nullable String message);
  }

  private void withService(Consumer<LeafService> action, Failed failed) {
    LeafService service = bound;
    if (service == null) {
      tellLeaf(listener -> failed.tell(listener, NOT_BOUND));
    } else {
      action.accept(service);
    }
  }

  /** Whether the runtime runs; false while the service is not bound. */
  public boolean isLeafRunning() {
    LeafService service = bound;
    return service != null && service.isLeafRunning();
  }

  /** The core's version; null while the service is not bound. */
  public @Nullable String getVersion() {
    LeafService service = bound;
    return service == null ? null : service.getVersion();
  }

  /** The preferences, with the API port in force; null while the service is not bound. */
  public @Nullable LeafPreferences getPreferences() {
    LeafService service = bound;
    return service == null ? null : service.getPreferences();
  }

  /**
   * Saves changed preferences; they take effect with the next start or reload.
   *
   * @throws LeafException the service is not bound or cannot save them
   */
  public void setPreferences(UpdateLeafPreferences changes) throws LeafException {
    LeafService service = bound;
    if (service == null) {
      throw new LeafException(NOT_BOUND);
    }
    service.setPreferences(changes);
  }

  /** Adds a listener; one that is there already is not added again. */
  public void addServiceListener(ServiceListener listener) {
    serviceListeners.addIfAbsent(listener);
  }

  /** Removes a listener; harmless when it is not there. */
  public void removeServiceListener(ServiceListener listener) {
    serviceListeners.remove(listener);
  }

  /** Adds a listener; one that is there already is not added again. */
  public void addLeafListener(LeafListener listener) {
    leafListeners.addIfAbsent(listener);
  }

  /** Removes a listener; harmless when it is not there. */
  public void removeLeafListener(LeafListener listener) {
    leafListeners.remove(listener);
  }

  /**
   * Puts a configuration in place, which the next start or reload uses.
   *
   * @param config the whole text, {@code .conf} or JSON
   */
  public void updateCustomSubscription(String config, SubscriptionCallback callback) {
    mainThread.execute(callback::onSubscriptionUpdating);
    LeafService service = bound;
    if (service == null) {
      fail(callback, new LeafException(NOT_BOUND));
      return;
    }
    worker.execute(
        () -> {
          try {
            service.setConfiguration(config);
            mainThread.execute(callback::onSubscriptionSuccess);
          } catch (LeafException e) {
            fail(callback, e);
          } catch (RuntimeException e) {
            fail(callback, new LeafException("the Leaf service failed: " + e));
          }
        });
  }

  private void fail(SubscriptionCallback callback, LeafException why) {
    mainThread.execute(() -> callback.onSubscriptionFailure(why));
  }

  /** Belongs to a hosted service: always answers that this core does not support it. */
  public void updateSubscription(String clientId, SubscriptionCallback callback) {
    fail(callback, notSupported("updateSubscription"));
  }

  /** Belongs to a hosted service: only writes to the log that this core does not support it. */
  public void autoUpdateSubscription() {
    Log.w("Leaf", "autoUpdateSubscription" + NOT_SUPPORTED);
  }

  /** Belongs to a hosted service: always answers that this core does not support it. */
  public void importOfflineSubscription(
      String path,
      @Nullable String passphrase,
      List<String> keyIds,
      List<String> verifyingKeys,
      SubscriptionCallback callback) {
    fail(callback, notSupported("importOfflineSubscription"));
  }

  /** Belongs to a hosted service: always answers that this core does not support it. */
  public void updateAssets(int major, int minor, int patch, AssetsCallback callback) {
    mainThread.execute(() -> callback.onUpdateFailed(notSupported("updateAssets")));
  }

  /**
   * Belongs to a hosted service.
   *
   * @throws LeafException always: this core does not support it
   */
  @SuppressWarnings("DoNotCallSuggester") // apps written for the hosted service call it
  public void verifyFileIntegrity() throws LeafException {
    throw notSupported("verifyFileIntegrity");
  }

  private static LeafException notSupported(String call) {
    return new LeafException(call + NOT_SUPPORTED);
  }

  private void connected(Connection which, IBinder binder) {
    LeafService service;
    synchronized (this) {
      if (connection != which) {
        return; // unbound meanwhile
      }
      service = adapter.apply(binder);
      bound = service;
    }
    if (service == null) {
      failed(
          new LeafException(
              "the service's binder, " + binder.getClass().getName() + ", is no LeafService"));
      return;
    }
    service.setLeafListener(relay);
    tellService(ServiceListener::onConnect);
  }

  private void disconnected() {
    LeafService last = bound;
    bound = null;
    if (last != null) {
      tellService(ServiceListener::onDisconnect);
    }
  }

  private void failed(Throwable why) {
    tellService(listener -> listener.onError(why));
  }

  private void tellService(Consumer<ServiceListener> event) {
    mainThread.execute(() -> serviceListeners.forEach(event));
  }

  private void tellLeaf(Consumer<LeafListener> event) {
    mainThread.execute(() -> leafListeners.forEach(event));
  }

  /** What Android calls as the binding comes and goes. */
  private final class Connection implements ServiceConnection {
    @Override
    public void onServiceConnected(ComponentName name, IBinder binder) {
      connected(this, binder);
    }

    @Override
    public void onServiceDisconnected(ComponentName name) {
      disconnected();
    }
  }

  /** Passes what the service tells on to the app's listeners, on the main thread. */
  private final class Relay implements LeafListener {
    @Override
    public void onStarting() {
      tellLeaf(LeafListener::onStarting);
    }

    @Override
    public void onStartSuccess() {
      tellLeaf(LeafListener::onStartSuccess);
    }

    @Override
    public void onStartFailed(@Nullable String message) {
      tellLeaf(listener -> listener.onStartFailed(message));
    }

    @Override
    public void onReloadSuccess() {
      tellLeaf(LeafListener::onReloadSuccess);
    }

    @Override
    public void onReloadFailed(@Nullable String message) {
      tellLeaf(listener -> listener.onReloadFailed(message));
    }

    @Override
    public void onStopSuccess() {
      tellLeaf(LeafListener::onStopSuccess);
    }

    @Override
    public void onStopFailed(@Nullable String message) {
      tellLeaf(listener -> listener.onStopFailed(message));
    }
  }
}
