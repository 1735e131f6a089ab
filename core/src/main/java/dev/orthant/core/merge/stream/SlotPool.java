package dev.orthant.core.merge.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory for deltas, off the heap, bounded and used again and again. Safe for use by several
 * threads.
 */
final class SlotPool implements AutoCloseable {

  /*
   * A thread takes all slots of a tensor at once, so that two threads cannot each hold half of what
   * both need. One taking is always served, however large: that it fits was checked before.
   */

  private final long budget; // elements
  private final List<Slot> free = new ArrayList<>();
  private long allocated;
  private long reserved; // for arrays that rules make themselves
  private int holders;

  /** What one thread holds. */
  record Holding(List<Slot> slots, long reserved) {}

  /**
   * @param bytes at most so many are held, unless a single taking needs more
   */
  SlotPool(long bytes) {
    this.budget = bytes / Float.BYTES;
  }

  /**
   * Waits for memory.
   *
   * @param count how many slots
   * @param elements of each
   * @param others elements that the holder will allocate elsewhere
   */
  synchronized Holding take(int count, long elements, long others) throws InterruptedException {
    while (true) {
      List<Slot> taken = fitting(count, elements);
      long missing = (count - taken.size()) * elements;
      evict(missing + others);
      if (holders == 0 || allocated + reserved + missing + others <= budget) {
        while (taken.size() < count) {
          taken.add(new Slot(elements));
          allocated += elements;
        }
        reserved += others;
        holders++;
        return new Holding(taken, others);
      }
      free.addAll(taken);
      wait();
    }
  }

  synchronized void giveBack(Holding holding) {
    free.addAll(holding.slots());
    reserved -= holding.reserved();
    holders--;
    notifyAll();
  }

  /** The smallest free slots that are large enough, but not wastefully so. */
  private List<Slot> fitting(int count, long elements) {
    List<Slot> taken = new ArrayList<>();
    free.sort((x, y) -> Long.compare(x.capacity(), y.capacity()));
    for (int i = 0; i < free.size() && taken.size() < count; ) {
      long capacity = free.get(i).capacity();
      boolean fits = capacity >= elements && (holders == 0 || capacity / 8 <= elements);
      if (fits) {
        taken.add(free.remove(i));
      } else {
        i++;
      }
    }
    return taken;
  }

  private void evict(long needed) {
    while (!free.isEmpty() && allocated + reserved + needed > budget) {
      Slot slot = free.remove(0);
      slot.free();
      allocated -= slot.capacity();
    }
  }

  /** Frees what nobody holds. */
  @Override
  public synchronized void close() {
    free.forEach(slot -> slot.free());
    free.clear();
  }
}
