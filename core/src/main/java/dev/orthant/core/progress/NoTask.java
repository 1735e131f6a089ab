package dev.orthant.core.progress;

/** The task of {@link Progress#none()}. */
enum NoTask implements Progress.Task {
  INSTANCE;

  @Override
  public void step(long units) {}

  @Override
  public void message(String text) {}

  @Override
  public void close() {}
}
