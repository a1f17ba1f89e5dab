package com.github.shiroedev2024.leaf.android.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import android.app.Service;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.ServiceConnection;
import android.os.IBinder;
import android.util.Log;
import com.github.shiroedev2024.leaf.android.library.delegate.AssetsCallback;
import com.github.shiroedev2024.leaf.android.library.delegate.LeafListener;
import com.github.shiroedev2024.leaf.android.library.delegate.ServiceListener;
import com.github.shiroedev2024.leaf.android.library.delegate.SubscriptionCallback;
import com.github.shiroedev2024.leaf.android.library.model.LeafPreferences;
import com.github.shiroedev2024.leaf.android.library.model.UpdateLeafPreferences;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceManagementTest {
  private final ServiceManagement management = new ServiceManagement(Runnable::run, Runnable::run);
  private final List<String> heard = new ArrayList<>();
  private final FakeContext context = new FakeContext();
  private final FakeService service = new FakeService();

  ServiceManagementTest() {
    management.addServiceListener(
        new ServiceListener() {
          @Override
          public void onConnect() {
            heard.add("connected");
          }

          @Override
          public void onDisconnect() {
            heard.add("disconnected");
          }

          @Override
          public void onError(Throwable throwable) {
            heard.add("error: " + throwable.getMessage());
          }
        });
    management.addLeafListener(
        new LeafListener() {
          @Override
          public void onStarting() {
            heard.add("starting");
          }

          @Override
          public void onStartSuccess() {
            heard.add("started");
          }

          @Override
          public void onStartFailed(@Nullable String message) {
            heard.add("start failed: " + message);
          }

          @Override
          public void onReloadSuccess() {
            heard.add("reloaded");
          }

          @Override
          public void onReloadFailed(@Nullable String message) {
            heard.add("reload failed: " + message);
          }

          @Override
          public void onStopSuccess() {
            heard.add("stopped");
          }

          @Override
          public void onStopFailed(@Nullable String message) {
            heard.add("stop failed: " + message);
          }
        });
  }

  /** Remembers the binding and lets the test complete it. */
  private static final class FakeContext extends Context {
    boolean found = true;
    @Nullable ServiceConnection connection;
    @Nullable Intent intent;

    @Override
    public boolean bindService(Intent service, ServiceConnection connection, int flags) {
      this.intent = service;
      this.connection = connection;
      return found;
    }

    @Override
    public void unbindService(ServiceConnection last) {
      assertThat(last).isSameAs(connection);
      connection = null;
    }

    ServiceConnection bound() {
      ServiceConnection now = connection;
      if (now == null) {
        throw new AssertionError("nothing is bound");
      }
      return now;
    }
  }

  /** Says at once to its listener what it did. */
  private static final class FakeService implements LeafService {
    private @Nullable LeafListener listener;
    private LeafPreferences preferences = LeafPreferences.defaults();
    private boolean running;

    private LeafListener listener() {
      LeafListener now = listener;
      if (now == null) {
        throw new AssertionError("nobody listens");
      }
      return now;
    }

    @Override
    public void setLeafListener(@Nullable LeafListener listener) {
      this.listener = listener;
    }

    @Override
    public void startLeaf() {
      listener().onStarting();
      running = true;
      listener().onStartSuccess();
    }

    @Override
    public void stopLeaf() {
      running = false;
      listener().onStopSuccess();
    }

    @Override
    public void reloadLeaf() {
      listener().onReloadFailed("line 3");
      listener().onReloadSuccess();
    }

    @Override
    public void stopCore() {
      listener().onStopFailed("busy");
    }

    @Override
    public boolean isLeafRunning() {
      return running;
    }

    @Override
    public String getVersion() {
      return "0.1.0";
    }

    @Override
    public LeafPreferences getPreferences() {
      return preferences;
    }

    @Override
    public void setPreferences(UpdateLeafPreferences changes) {
      preferences = preferences.with(changes);
    }

    @Override
    public void setConfiguration(String config) throws LeafException {
      if (config.isEmpty()) {
        throw new LeafException("the configuration is empty");
      }
    }
  }

  private static IBinder binder(Class<?>... interfaces) {
    InvocationHandler nothing =
        (proxy, method, arguments) -> {
          throw new UnsupportedOperationException(method.getName());
        };
    return (IBinder)
        Proxy.newProxyInstance(ServiceManagementTest.class.getClassLoader(), interfaces, nothing);
  }

  private void bind() {
    management.setService(Service.class, binder -> service);
    management.bindService(context);
    connect(binder(IBinder.class));
  }

  @SuppressWarnings("NullAway") // a component's name cannot be made from the platform's stub
  private void connect(IBinder binder) {
    ComponentName name = null;
    context.bound().onServiceConnected(name, binder);
  }

  @Test
  void aBoundServiceIsControlledAndHeard() throws LeafException {
    assertThat(management.isServiceDead()).isTrue();
    bind();
    management.bindService(context); // bound already
    assertThat(context.intent).isNotNull().extracting(Intent::target).isEqualTo(Service.class);
    assertThat(management.isServiceDead()).isFalse();
    assertThat(management.getVersion()).isEqualTo("0.1.0");
    management.startLeaf();
    assertThat(management.isLeafRunning()).isTrue();
    management.reloadLeaf();
    management.stopCore();
    management.stopLeaf();
    UpdateLeafPreferences changes = new UpdateLeafPreferences();
    changes.setApiPort(12_345);
    management.setPreferences(changes);
    LeafPreferences now = management.getPreferences();
    assertThat(now).isNotNull().extracting(LeafPreferences::getApiPort).isEqualTo(12_345);
    management.unbindService(context);
    management.unbindService(context);
    assertThat(management.isServiceDead()).isTrue();
    assertThat(heard)
        .containsExactly(
            "connected",
            "starting",
            "started",
            "reload failed: line 3",
            "reloaded",
            "stop failed: busy",
            "stopped",
            "disconnected");
  }

  @Test
  void withoutAServiceEveryCallSaysSo() {
    management.startLeaf();
    management.stopLeaf();
    management.reloadLeaf();
    String text = "the Leaf service is not bound; call bindService first";
    assertThat(heard)
        .containsExactly("start failed: " + text, "stop failed: " + text, "reload failed: " + text);
    assertThat(management.isLeafRunning()).isFalse();
    assertThat(management.getVersion()).isNull();
    assertThat(management.getPreferences()).isNull();
    assertThatThrownBy(() -> management.setPreferences(new UpdateLeafPreferences()))
        .isInstanceOf(LeafException.class)
        .hasMessage(text);
  }

  @Test
  void aServiceThatCannotBeBoundIsAnError() {
    management.bindService(context);
    management.setService(Service.class);
    context.found = false;
    management.bindService(context);
    assertThat(context.connection).isNull();
    context.found = true;
    management.bindService(context);
    connect(binder(IBinder.class));
    assertThat(heard).hasSize(3);
    assertThat(heard.get(0)).isEqualTo("error: no Leaf service is known; call setService first");
    assertThat(heard.get(1))
        .isEqualTo("error: android.app.Service cannot be bound; declare it in the app's manifest");
    assertThat(heard.get(2)).startsWith("error: the service's binder, ");
    assertThat(management.isServiceDead()).isTrue();
  }

  @Test
  void aBinderThatIsTheServiceNeedsNoAdapter() {
    management.setService(Service.class);
    management.bindService(context);
    assertThatThrownBy(() -> connect(binder(IBinder.class, LeafService.class)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("setLeafListener");
  }

  @Test
  void aServiceThatDiesIsReported() {
    bind();
    disconnect();
    assertThat(management.isServiceDead()).isTrue();
    connect(binder(IBinder.class)); // Android starts it again
    assertThat(management.isServiceDead()).isFalse();
    assertThat(heard).containsExactly("connected", "disconnected", "connected");
  }

  @SuppressWarnings("NullAway") // a component's name cannot be made from the platform's stub
  private void disconnect() {
    ComponentName name = null;
    context.bound().onServiceDisconnected(name);
  }

  private SubscriptionCallback subscription() {
    return new SubscriptionCallback() {
      @Override
      public void onSubscriptionUpdating() {
        heard.add("updating");
      }

      @Override
      public void onSubscriptionSuccess() {
        heard.add("updated");
      }

      @Override
      public void onSubscriptionFailure(LeafException exception) {
        heard.add("failed: " + exception.getMessage());
      }
    };
  }

  @Test
  void aConfigurationIsPutInPlaceOrRefused() {
    management.updateCustomSubscription("[General]", subscription());
    bind();
    management.updateCustomSubscription("[General]", subscription());
    management.updateCustomSubscription("", subscription());
    assertThat(heard)
        .containsExactly(
            "updating",
            "failed: the Leaf service is not bound; call bindService first",
            "connected",
            "updating",
            "updated",
            "updating",
            "failed: the configuration is empty");
  }

  @Test
  void whatBelongsToAHostedServiceSaysSo() {
    management.updateSubscription("c", subscription());
    management.importOfflineSubscription("p", null, List.of(), List.of(), subscription());
    management.autoUpdateSubscription();
    management.updateAssets(
        1,
        2,
        3,
        new AssetsCallback() {
          @Override
          public void onUpdateSuccess() {
            heard.add("assets");
          }

          @Override
          public void onUpdateFailed(@Nullable LeafException exception) {
            heard.add(exception == null ? "no reason" : "failed: " + exception.getMessage());
          }
        });
    assertThat(heard)
        .containsExactly(
            "failed: updateSubscription is not supported by this core",
            "failed: importOfflineSubscription is not supported by this core",
            "failed: updateAssets is not supported by this core");
    assertThat(Log.lines()).contains("Leaf: autoUpdateSubscription is not supported by this core");
    assertThatThrownBy(management::verifyFileIntegrity)
        .isInstanceOf(LeafException.class)
        .hasMessage("verifyFileIntegrity is not supported by this core");
  }
}
