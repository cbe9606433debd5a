// Handles of the host's, which are given back when nobody has the object around them any more.
//
// The engine runs no job of a FinalizationRegistry within a run. But it counts references, so that a WeakRef is empty as
// soon as its object is gone: from time to time, when a handle is made, those whose objects are gone are given back.

/** Of how many handles it is not worth while to look for those that are of no use any more. */
const FEW = 32;

let kept = [];
let many = FEW;

/** The handle, which is given back when its owner is gone. */
export function own(owner, handle) {
  if (kept.length >= many) sweep();
  kept.push([new WeakRef(owner), handle]);
  return handle;
}

function sweep() {
  const left = [];
  for (const [owner, handle] of kept) {
    if (owner.deref() !== undefined) left.push([owner, handle]);
    else handle[Symbol.dispose]?.();
  }
  kept = left;
  many = Math.max(FEW, 2 * kept.length);
}
