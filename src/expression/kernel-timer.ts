/**
 * What the kernel rounds a timer's time up to, in kernel ticks: the timer runs at the first multiple of it behind its
 * time. `delay`: ticks from setting it, up to 32000. Source: Linux kernel/time/timer.c calc_wheel_index(), LVL_START().
 */
export function timerGrain(delay: number): number {
  let grain = 1
  while (delay >= 63 * grain) grain *= 8
  return grain
}
