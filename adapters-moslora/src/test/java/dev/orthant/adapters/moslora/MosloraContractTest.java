package dev.orthant.adapters.moslora;

import dev.orthant.adapters.moslora.MosloraConfig.MixerInit;
import dev.orthant.adapters.moslora.MosloraConfig.MixerUse;
import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.testing.AdapterContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class MosloraContractTest extends AdapterContract<MosloraConfig> {

  @Override
  protected AdapterFactory<MosloraConfig> factory() {
    return new MosloraFactory();
  }

  @Override
  protected Stream<MosloraConfig> configurations() {
    return Stream.of(
        MosloraConfig.defaults(),
        config(1, 3, false, 0, new MixerInit.Identity(), MixerUse.TRAINED),
        config(4, 8, true, 0.3, new MixerInit.Orthogonal(), MixerUse.TRAINED),
        config(4, 8, false, 0.3, new MixerInit.Zero(), MixerUse.TRAINED),
        config(4, 8, false, 0, new MixerInit.Xavier(), MixerUse.SHARED),
        config(4, 8, false, 0, new MixerInit.Orthogonal(), MixerUse.FROZEN),
        config(4, 8, false, 0, new MixerInit.TwoSubspaces(), MixerUse.FROZEN),
        config(6, 8, false, 0, new MixerInit.Subspaces(3), MixerUse.TRAINED),
        config(4, 8, false, 0, new MixerInit.Normal(), MixerUse.FOLDED));
  }

  @Override
  protected MosloraConfig withDoubledAlpha(MosloraConfig config) {
    return config.at(config.rank(), 2 * config.alpha());
  }

  private static MosloraConfig config(
      int rank,
      double alpha,
      boolean rankStabilised,
      double dropout,
      MixerInit mixerInit,
      MixerUse mixer) {
    return new MosloraConfig(
        rank,
        alpha,
        rankStabilised,
        dropout,
        List.of("query"),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        InitialA.KAIMING,
        mixerInit,
        mixer,
        mixer == MixerUse.TRAINED ? 4.0 : null);
  }
}
