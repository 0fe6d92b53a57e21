using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisHintTests : OwnRedis
{
    [Fact]
    public async Task Hints_WhenTheServerIsDownAtFirst_ComeOnceItIsThere()
    {
        await Server.KillAsync();
        var reader = OpenPatient();
        var hints = Count(reader);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => reader.ReadHeadAsync(Cancel));

        await Server.RestartAsync(cancellationToken: Cancel);

        await HintsArriveAsync(OpenPatient(), hints);
    }

    [Fact]
    public async Task Hints_AfterAReconnect_ComeAgain()
    {
        var reader = OpenPatient();
        var hints = Count(reader);
        var writer = OpenPatient();
        await HintsArriveAsync(writer, hints);

        await Server.RestartAsync(cancellationToken: Cancel);
        var before = hints();

        await WaitUntil.TrueAsync(() => hints() > before, "the hint that a reconnect is", cancellationToken: Cancel);
        await HintsArriveAsync(writer, hints);
    }

    [Fact]
    public async Task Hints_WhenTheHandlerThrows_KeepComingAndTheLogSaysSo()
    {
        var reader = OpenPatient();
        var calls = 0;
        reader.Hinted += () =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("the handler's own fault");
        };

        await HintsArriveAsync(OpenPatient(), () => Volatile.Read(ref calls));

        Assert.Contains(Log.Collector.GetSnapshot(), record => record is { Level: LogLevel.Error, Exception: InvalidOperationException });
    }

    [Fact]
    public async Task Hints_WhenTheHandlerIsSlow_AreNotQueued()
    {
        var reader = OpenPatient();
        var writer = OpenPatient();
        using var hold = new SemaphoreSlim(0);
        var calls = 0;
        reader.Hinted += () =>
        {
            Interlocked.Increment(ref calls);
            hold.Wait(Cancel);
        };
        await WaitUntil.TrueAsync(() => Volatile.Read(ref calls) == 1, "the first hint", cancellationToken: Cancel);

        RegistryHead? head = null;
        for (var i = 0; i < 50; i++)
        {
            head = await writer.CommittedAsync(head);
        }

        hold.Release(1_000);
        await HintsArriveAsync(writer, () => Volatile.Read(ref calls), head);
        Assert.InRange(Volatile.Read(ref calls), 2, 20);
    }

    private static Func<int> Count(RedisRegistryStore store)
    {
        var hints = 0;
        store.Hinted += () => Interlocked.Increment(ref hints);
        return () => Volatile.Read(ref hints);
    }

    // A hint may be lost while the subscription is being made, so: commits until one is followed by a hint.
    private static async Task HintsArriveAsync(RedisRegistryStore writer, Func<int> hints, RegistryHead? head = null) =>
        await WaitUntil.TrueAsync(async cancellationToken =>
        {
            head ??= await writer.ReadHeadAsync(cancellationToken);
            var before = hints();
            var commit = Commits.Write(head);
            if (await writer.CommitAsync(commit, cancellationToken) is CommitOutcome.Committed)
            {
                head = commit.Next;
            }

            for (var look = 0; look < 100 && hints() == before; look++)
            {
                await writer.ReadHeadAsync(cancellationToken);
            }

            return head == commit.Next && hints() > before;
        }, "a hint of a commit", cancellationToken: Cancel);
}
