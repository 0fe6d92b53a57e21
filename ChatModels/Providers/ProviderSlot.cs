namespace ChatModels.Providers;

/// <summary>Holds the live provider of one configuration: created once, by the first request, and disposed when it is retired and its last request has ended.</summary>
/// <remarks>Safe for any number of threads. A creation that failed is tried again by a later request, at most once a second; until then its error is the answer.</remarks>
internal sealed class ProviderSlot(string type, ProviderOptions options, ChatProviderTypes types, ProviderServices services)
{
    private const int Closed = int.MinValue / 2;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _creating = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IChatProvider? _provider;
    private Task<IChatProvider>? _creation;
    private long _creationEnded;
    private int _retired;

    // The configuration's own share, one for each lease, and one for a creation under way. Whoever takes it to zero tries to close the
    // slot by exchanging zero for Closed; a lease that came in between wins, since it has made the zero a one again.
    private int _shares = 1;

    public string Type { get; } = type;

    public ProviderOptions Options { get; } = options;

    /// <summary>The value of <c>gen_ai.provider.name</c>.</summary>
    public string TelemetryName { get; } = types.TryResolve(type, out var metadata) ? metadata.TelemetryNameOf(options) : type;

    /// <summary>Where requests go; null where the type has no address.</summary>
    public Uri? Endpoint { get; } = types.TryResolve(type, out var metadata) ? metadata.EndpointOf(options) : options.Endpoint;

    /// <summary>Completes when the slot was retired, its last lease has ended and its provider, if there was one, is disposed.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Takes part in the live provider, creating it if need be. A lease without a provider means: retired and gone; look the model up in the current snapshot again.</summary>
    /// <remarks>Cancelling abandons this caller's wait alone: the creation goes on for the others.</remarks>
    public ValueTask<ProviderLease> AcquireAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _shares) < 0)
        {
            Interlocked.Decrement(ref _shares);
            return default;
        }

        return Volatile.Read(ref _provider) is { } provider
            ? new(new ProviderLease(this, provider))
            : WaitForCreationAsync(cancellationToken);
    }

    /// <summary>No snapshot holds it any longer: requests in flight finish, then the provider is disposed.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) == 0)
        {
            Release();
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _shares) == 0 && Interlocked.CompareExchange(ref _shares, Closed, 0) == 0)
        {
            _ = Task.Run(DisposeAsync); // Seen through Gone. On the pool, since a request that ends must not wait for a provider that does.
        }
    }

    private async Task DisposeAsync()
    {
        if (_provider is { } provider)
        {
            await ProviderDisposal.RunAsync(provider, Options.Id, services);
        }

        _gone.SetResult();
    }

    private async ValueTask<ProviderLease> WaitForCreationAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new ProviderLease(this, await CurrentCreation().WaitAsync(cancellationToken));
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>The creation that runs, or has ended; a new one when the last has failed a while ago. The caller holds a share.</summary>
    private Task<IChatProvider> CurrentCreation()
    {
        lock (_creating)
        {
            if (_creation is null || (_creation is { IsCompleted: true, IsCompletedSuccessfully: false } && services.Time.GetElapsedTime(_creationEnded) >= RetryDelay))
            {
                Interlocked.Increment(ref _shares);
                _creation = Task.Run(CreateAsync); // Nothing of the type's own runs under the lock.
                _ = ObserveAsync(_creation);
            }

            return _creation;
        }
    }

    // A failure that nobody waits for any longer is told to the next request.
    private static async Task ObserveAsync(Task creation) => await creation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<IChatProvider> CreateAsync()
    {
        try
        {
            var provider = await types.CreateAsync(Type, Options, services, CancellationToken.None);
            Volatile.Write(ref _provider, provider);
            return provider;
        }
        finally
        {
            _creationEnded = services.Time.GetTimestamp();
            Release();
        }
    }
}

/// <summary>A request's share in a live provider; disposed exactly once, when the request has ended.</summary>
internal readonly struct ProviderLease(ProviderSlot slot, IChatProvider provider) : IDisposable
{
    private readonly ProviderSlot? _slot = slot;

    public IChatProvider? Provider { get; } = provider;

    /// <summary>What the provider serves without translation.</summary>
    public IReadOnlyList<UpstreamOperation> Operations => (Provider as TrackedProvider)?.Metadata.Operations ?? [];

    /// <summary>Whether it serves this one without translation.</summary>
    public bool Serves(UpstreamOperation operation)
    {
        // On every request's path: no enumerator.
        var operations = Operations;
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] == operation)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _slot?.Release();
}
