namespace ChatModels.Providers;

/// <summary>A registered type and those who use it: creations that run and providers that live.</summary>
internal sealed class ProviderTypeEntry(ProviderMetadata metadata, ProviderCreator creator)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users;
    private bool _closed;

    public ProviderMetadata Metadata { get; } = metadata;

    public ProviderCreator Creator { get; } = creator;

    /// <summary>Completes when the entry was closed and its last user has left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Adds a user; false when the type is being unregistered.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            _users += _closed ? 0 : 1;
            return !_closed;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _users--;
            CompleteWhenEmpty();
        }
    }

    /// <summary>Lets nobody in any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            CompleteWhenEmpty();
        }
    }

    private void CompleteWhenEmpty()
    {
        if (_closed && _users == 0)
        {
            _drained.TrySetResult();
        }
    }
}
