using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

public sealed class RefresherLoopTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeRegistryStore _store;
    private readonly TestReplica _reader;
    private TestReplica _writer = null!;

    public RefresherLoopTests()
    {
        _store = new FakeRegistryStore(_time);
        _reader = new TestReplica(_store, _time, chance: 2);
    }

    public async ValueTask InitializeAsync()
    {
        _writer = await TestReplica.LoadedAsync(_store, _time);
        await _reader.Refresher.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(await _reader.Registry.WaitForRevisionAsync(1, WaitUntil.DefaultDeadline, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.Refresher.StopAsync(CancellationToken.None);
        _reader.Dispose();
        _writer.Dispose();
    }

    [Fact]
    public async Task Loop_Hint_ComparesAtOnce()
    {
        await _writer.PutAsync("echo", Sample.Provider);

        _store.Hint();

        await WaitUntil.TrueAsync(() => _reader.Current.Providers.ContainsKey("echo"), "the hinted revision", cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Loop_EveryHintLost_ComparesWithinFourSeconds()
    {
        await _writer.PutAsync("echo", Sample.Provider);

        // The loop may be about to set its timer still: what is promised is that four seconds are enough from then on.
        await WaitUntil.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(4));
                return _reader.Current.Providers.ContainsKey("echo");
            },
            "the revision that nobody hinted at",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Loop_SecretChanged_LooksAgainWithoutARevision()
    {
        await _writer.PutAsync("echo", Sample.ProviderWithKey);
        _store.Hint();
        await WaitUntil.TrueAsync(() => _reader.Current.Providers.ContainsKey("echo"), "the provider", cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(_reader.Current.Providers["echo"].Unusable);

        _reader.SetSecret("echo-key", "sk-1");

        await WaitUntil.TrueAsync(() => _reader.Current.Providers["echo"].Unusable is null, "the usable provider", cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Loop_DefectInTheStore_IsToldOnceAndSurvived()
    {
        _reader.Logs.Clear();
        _store.BeforeReadHead = () => throw new InvalidCastException("a defect");
        for (var i = 0; i < 5; i++)
        {
            _store.Hint();
            await WaitUntil.TrueAsync(() => _reader.Registry.Status.State == RegistryState.Stale, "the stale state", cancellationToken: TestContext.Current.CancellationToken);
        }

        _store.BeforeReadHead = () => Task.CompletedTask;
        _store.Hint();
        await WaitUntil.TrueAsync(() => _reader.Registry.Status.State == RegistryState.Live, "the live state", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Single(_reader.Logs.GetSnapshot(), r => r.Exception is InvalidCastException);
    }

    [Fact]
    public async Task Start_WithAStoreThatHangs_WaitsHalfASecondAndNoLonger()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        _store.BeforeReadHead = () =>
        {
            asked.TrySetResult();
            return never.Task;
        };
        using var replica = new TestReplica(_store, _time, chance: 3);

        var started = replica.Refresher.StartAsync(TestContext.Current.CancellationToken);
        await WaitUntil.SignalAsync(asked.Task, "the first comparison", cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(started.IsCompleted);
        var before = _time.GetUtcNow();
        await WaitUntil.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(500));
                return started.IsCompleted;
            },
            "the start",
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(_time.GetUtcNow() - before < new RegistryOptions().ReadDeadline);
        _store.BeforeReadHead = () => Task.CompletedTask;
        await replica.Refresher.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitForRevision_ReachedByARefresh_IsTrueAndElseFalseAtItsTimeout()
    {
        var reached = _reader.Registry.WaitForRevisionAsync(2, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var missed = _reader.Registry.WaitForRevisionAsync(3, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await _writer.PutAsync("echo", Sample.Provider);
        _store.Hint();

        Assert.True(await reached);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await missed);
    }
}
