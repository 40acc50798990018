// The host page never sees an error of ours; and time that no wall clock can turn back.
const guard = (act) =>
  function () {
    try {
      return act.apply(this, arguments);
    } catch (error) {}
  };
const later = (act, wait) => setTimeout(guard(act), wait);

// First of all listeners, so that nobody stops the event before us.
const on = (kinds, act) => kinds.split(" ").forEach((kind) => addEventListener(kind, guard(act), true));

const began = Date.now() - performance.now();
const clock = () => began + performance.now();
