using ChatModels.Providers;
using UpstreamReply = ChatModels.Providers.UpstreamReply;
using UpstreamRequest = ChatModels.Providers.UpstreamRequest;

namespace ChatModels.Tests.Providers;

/// <summary>A provider that counts what is done to it.</summary>
internal sealed class FakeChatProvider : IChatProvider
{
    private int _disposals;
    private int _usesAfterDisposal;

    public int Disposals => Volatile.Read(ref _disposals);

    public int UsesAfterDisposal => Volatile.Read(ref _usesAfterDisposal);

    public Func<CancellationToken, ValueTask<ProviderHealth>> OnHealth { get; init; } = _ => new(ProviderHealth.Ok);

    public Func<ValueTask> OnDispose { get; init; } = () => ValueTask.CompletedTask;

    public void Use()
    {
        if (Disposals > 0)
        {
            Interlocked.Increment(ref _usesAfterDisposal);
        }
    }

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        Use();
        throw new IOException("This provider answers nothing.");
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => OnHealth(cancellationToken);

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        return OnDispose();
    }
}
