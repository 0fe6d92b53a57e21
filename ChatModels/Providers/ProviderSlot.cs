namespace ChatModels.Providers;

/// <summary>Holds the live provider of one configuration: created once, by the first request, and disposed when it is retired and its last request has ended.</summary>
/// <remarks>Safe for any number of threads. A creation that failed is tried again by a later request.</remarks>
internal sealed class ProviderSlot(string type, ProviderOptions options, ChatProviderTypes types, ProviderServices services)
{
    public string Type { get; } = type;

    public ProviderOptions Options { get; } = options;

    /// <summary>Takes part in the live provider, creating it if need be. A lease without a provider means: retired and gone; look the model up in the current snapshot again.</summary>
    public ValueTask<ProviderLease> AcquireAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{types} {services}");

    /// <summary>No snapshot holds it any longer: requests in flight finish, then the provider is disposed.</summary>
    public void Retire() => throw new NotImplementedException();

    internal void Release() => throw new NotImplementedException();
}

/// <summary>A request's share in a live provider; disposed exactly once, when the request has ended.</summary>
internal readonly struct ProviderLease(ProviderSlot slot, IChatProvider provider) : IDisposable
{
    private readonly ProviderSlot? _slot = slot;

    public IChatProvider? Provider { get; } = provider;

    public void Dispose() => _slot?.Release();
}
