namespace ChatModels.Chat.Health;

/// <summary>Lets as many requests go to one provider at once as its limit says; the others wait in order, interactive ones before batches.</summary>
/// <remarks>Safe for any number of threads. A request to a provider without a limit never comes here.</remarks>
internal sealed class ProviderGate(int queueLimit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter>[] _queues = [new(), new()];
    private int _limit = int.MaxValue;
    private int _inside;

    /// <summary>Whether a request would have to wait; a glance without a lock.</summary>
    public bool IsBusy => Volatile.Read(ref _inside) >= Volatile.Read(ref _limit);

    public int Inside => Volatile.Read(ref _inside);

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _queues[0].Count + _queues[1].Count;
            }
        }
    }

    /// <summary>Follows the configuration; null means no limit. Who waits and now fits goes in at once.</summary>
    public void Follow(int? limit)
    {
        lock (_lock)
        {
            Volatile.Write(ref _limit, limit ?? int.MaxValue);
            Admit();
        }
    }

    /// <summary>True: inside, and <see cref="Leave"/> must follow. False: the queue is full, or the wait took longer than <paramref name="patience"/>.</summary>
    public ValueTask<bool> EnterAsync(ChatPriority priority, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_inside < _limit)
            {
                Volatile.Write(ref _inside, _inside + 1);
                return new(true);
            }

            var queue = _queues[(int)priority];
            if (queue.Count >= queueLimit || patience <= TimeSpan.Zero)
            {
                return new(false);
            }

            var waiter = new Waiter();
            return WaitAsync(waiter, queue.AddLast(waiter), patience, cancellationToken);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            Volatile.Write(ref _inside, _inside - 1);
            Admit();
        }
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, LinkedListNode<Waiter> place, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Task.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return !TryLeaveQueue(place);
        }
        catch (OperationCanceledException)
        {
            if (!TryLeaveQueue(place))
            {
                Leave(); // Its turn came in the moment in which the caller went away.
            }

            throw;
        }
    }

    private bool TryLeaveQueue(LinkedListNode<Waiter> place)
    {
        lock (_lock)
        {
            if (place.List is not { } queue)
            {
                return false;
            }

            queue.Remove(place);
            return true;
        }
    }

    private void Admit()
    {
        while (_inside < _limit && (_queues[0].First ?? _queues[1].First) is { } next)
        {
            next.List!.Remove(next);
            Volatile.Write(ref _inside, _inside + 1);
            next.Value.SetResult();
        }
    }

    // Continuations never run on the thread that leaves, and so never under the lock.
    private sealed class Waiter() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}
