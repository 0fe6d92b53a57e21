namespace ChatModels.Batches.Running;

internal sealed partial class LineSlots
{
    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            for (var node = _queue.First; node is not null; node = node.Next)
            {
                if (!node.Value.Waiters.Remove(waiter))
                {
                    continue;
                }

                if (node.Value.Waiters.Count == 0)
                {
                    _queue.Remove(node);
                }

                waiter.Granted.TrySetCanceled(cancellationToken);
                return;
            }
        }
    }

    private sealed class Waiter(string model, int want, bool alone)
    {
        public string Model => model;

        public int Want => want;

        public bool Alone => alone;

        public TaskCompletionSource<int> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
