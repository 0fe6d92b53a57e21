using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

[Trait("Requirement", "FR-018")]
public sealed class ProviderUnregistrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unregister_NobodyUsesIt_IsDoneAtOnce()
    {
        var types = With(Metadata("mine"), Creating(new FakeChatProvider()));

        Assert.True(await types.UnregisterAsync("mine", Ct));
        Assert.False(await types.UnregisterAsync("mine", Ct));
        Assert.Empty(types.List());
    }

    [Fact]
    public async Task Unregister_ProviderLives_WaitsForItsDisposalAndCreatesNothingMeanwhile()
    {
        var inner = new FakeChatProvider();
        var types = With(Metadata("mine"), Creating(inner));
        var provider = await types.CreateAsync("mine", Options(), Services, Ct);

        var unregistration = types.UnregisterAsync("mine", Ct);
        var refused = await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options(), Services, Ct).AsTask());
        var taken = Assert.Throws<ChatModelsException>(() => types.Register(Metadata("mine"), Creating(inner)));
        Assert.False(unregistration.IsCompleted);
        await provider.DisposeAsync();
        await provider.DisposeAsync();

        Assert.True(await unregistration);
        Assert.Equal((ErrorCodes.ProviderTypeUnknown, ErrorCodes.ProviderAlreadyRegistered, 1), (refused.Code, taken.Code, inner.Disposals));
        types.Register(Metadata("mine"), Creating(inner));
        Assert.True(types.IsRegistered("mine"));
    }

    [Fact]
    public async Task Unregister_WaitCancelled_GoesOnAndFreesTheNameInTheEnd()
    {
        var types = With(Metadata("mine"), Creating(new FakeChatProvider()));
        var provider = await types.CreateAsync("mine", Options(), Services, Ct);
        using var stop = new CancellationTokenSource();
        var abandoned = types.UnregisterAsync("mine", stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        var second = types.UnregisterAsync("mine", Ct);
        Assert.False(second.IsCompleted);
        await provider.DisposeAsync();

        Assert.True(await second);
        types.Register(Metadata("mine"), Creating(new FakeChatProvider()));
    }

    [Fact]
    public async Task Unregister_CreationFails_DoesNotWaitForIt()
    {
        var types = With(Metadata("mine"), (_, _, _) => throw new IOException("no"));

        await Assert.ThrowsAsync<ChatModelsException>(() => types.CreateAsync("mine", Options(), Services, Ct).AsTask());

        Assert.True(await types.UnregisterAsync("mine", Ct));
    }
}
