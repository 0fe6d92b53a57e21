using System.Net;
using System.Net.Sockets;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class WatchApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private TestApi _api = null!;

    private CancellationToken Soon => _deadline.Token;

    public async ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(Deadline);
        _api = await TestApi.StartAsync(Soon);
        await _api.UntilReadyAsync(Soon);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Watch_FromNothing_TellsEverythingAndThenWhatChanges()
    {
        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", null, Soon);
        var reset = await events.NextAsync(Soon);
        Assert.Equal("reset", reset.Name);
        Assert.Contains("sim-fast", reset.Data.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        Assert.Equal("simulator", Assert.Single(reset.Data.GetProperty("providers").EnumerateArray()).GetProperty("id").GetString());

        var put = await _api.Client.PutAsync("/registry/models/seen", Requests.ModelOn("simulator"), Soon);
        var changed = await events.NextAsync(Soon);
        await _api.Client.DeleteAsync("/registry/models/seen", Soon);
        var deleted = await events.NextAsync(Soon);

        Assert.Equal(("changed", put.Header("x-chatmodels-registry-revision")), (changed.Name, $"{changed.Data.GetProperty("revision").GetInt64()}"));
        Assert.Equal("seen", Assert.Single(changed.Data.GetProperty("models").GetProperty("changed").EnumerateArray()).GetString());
        Assert.Equal("seen", Assert.Single(deleted.Data.GetProperty("models").GetProperty("deleted").EnumerateArray()).GetString());
        var registry = await (await _api.Client.GetAsync("/registry", Soon)).JsonAsync(Soon);
        Assert.Equal($"{registry.GetProperty("epoch").GetString()}:{registry.GetProperty("revision").GetInt64()}:{registry.GetProperty("stamp").GetString()}", deleted.Id);
    }

    [Fact]
    public async Task Watch_WithALastEventId_ResumesThere()
    {
        var first = await (await EventReader.OpenAsync(_api.Client, "/registry/watch", null, Soon)).NextAsync(Soon);
        await _api.Client.PutAsync("/registry/models/missed", Requests.ModelOn("simulator"), Soon);
        await _api.Client.PutAsync("/registry/models/too", Requests.ModelOn("simulator"), Soon);

        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", first.Id, Soon);
        List<string?> told = [];
        while (told.Count < 2)
        {
            var resumed = await events.NextAsync(Soon);
            Assert.Equal("changed", resumed.Name);
            told.AddRange(resumed.Data.GetProperty("models").GetProperty("changed").EnumerateArray().Select(id => id.GetString()));
        }

        Assert.Equal(["missed", "too"], told);
    }

    [Fact]
    public async Task Watch_FromARevisionThatTheLogHasForgotten_TellsEverythingOnceAndGoesOn()
    {
        var first = await (await EventReader.OpenAsync(_api.Client, "/registry/watch", null, Soon)).NextAsync(Soon);
        for (var i = 0; i <= 1_000; i++)
        {
            await _api.Client.PutAsync("/registry/models/often", $$"""{"contextWindow":{{i + 1}},"deployments":[{"provider":"simulator","model":"fast"}]}""", Soon);
        }

        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", first.Id, Soon);
        var reset = await events.NextAsync(Soon);
        await _api.Client.PutAsync("/registry/models/later", Requests.ModelOn("simulator"), Soon);
        var changed = await events.NextAsync(Soon);

        Assert.Equal("reset", reset.Name);
        Assert.Equal(1_001, reset.Data.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("id").GetString() == "often").GetProperty("contextWindow").GetInt32());
        Assert.Equal(("changed", "later"), (changed.Name, Assert.Single(changed.Data.GetProperty("models").GetProperty("changed").EnumerateArray()).GetString()));
    }

    [Theory]
    [InlineData("0123456789abcdef:1:0123456789abcdef")]
    [InlineData("nonsense")]
    public async Task Watch_WithALastEventIdOfAnotherHistory_TellsEverything(string lastEventId)
    {
        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", lastEventId, Soon);

        Assert.Equal("reset", (await events.NextAsync(Soon)).Name);
    }

    [Fact]
    public async Task Watch_ByAClientThatStopsReading_KeepsNoChangesForItAndHoldsUpNobody()
    {
        const int Applies = 60;
        const int Models = 2_000;
        using var slow = new TcpClient { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(_api.Address.Host, _api.Address.Port, Soon);
        var stream = slow.GetStream();
        // By HTTP 1.0 there are no chunks: what comes is the events.
        await stream.WriteAsync("GET /registry/watch HTTP/1.0\r\nHost: slow\r\n\r\n"u8.ToArray(), Soon);
        var other = await EventReader.OpenAsync(_api.Client, "/registry/watch", null, Soon);
        await other.NextAsync(Soon);

        // Each tells of a quarter of a megabyte of names: more than sockets hold, and more than the feed remembers.
        for (var round = 1; round <= Applies; round++)
        {
            var models = Enumerable.Range(0, Models).Select(number => $$"""{"id":"{{new string('m', 120)}}{{number}}","contextWindow":{{round}},"deployments":[{"provider":"simulator","model":"fast"}]}""");
            var applied = await _api.Client.SendAsync(HttpMethod.Post, "/registry/apply", $$"""{"models":[{{string.Join(',', models)}}]}""", Soon);
            Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
            ServerEvent told;
            do
            {
                told = await other.NextAsync(Soon);
            }
            while ($"{told.Data.GetProperty("revision").GetInt64()}" != applied.Header("x-chatmodels-registry-revision"));
        }

        Assert.InRange(await ChangedBeforeTheResetAsync(new EventReader(new StreamReader(stream)), Soon), 0, Applies - 1);
    }

    // How many changes were kept for it until it was told everything anew, or cut off.
    private static async Task<int> ChangedBeforeTheResetAsync(EventReader events, CancellationToken cancellationToken)
    {
        var changed = 0;
        try
        {
            for (var resets = 0; resets < 2 && await events.ReadAsync(cancellationToken) is { } told;)
            {
                changed += told.Name == "changed" ? 1 : 0;
                resets += told.Name == "reset" ? 1 : 0;
            }
        }
        catch (IOException)
        {
            return changed;
        }

        return changed;
    }

    [Fact]
    public async Task Watch_WhenTheHostStops_Ends()
    {
        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", null, Soon);
        await events.NextAsync(Soon);

        await _api.StopAsync(Soon);

        Assert.Null(await events.ReadAsync(Soon));
    }

    [Fact]
    public async Task Watch_WithNothingToTell_SendsACommentEveryFifteenSeconds()
    {
        var time = new FakeTimeProvider();
        await using var api = await TestApi.StartAsync(Soon, time: time);
        await api.UntilReadyAsync(Soon);
        var events = await EventReader.OpenAsync(api.Client, "/registry/watch", null, Soon);
        await events.NextAsync(Soon);

        for (var i = 0; i < 2; i++)
        {
            var next = events.ReadAsync(Soon);
            time.Advance(TimeSpan.FromSeconds(14));
            Assert.False(next.IsCompleted);
            await WaitUntil.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return next.IsCompleted;
                },
                "a comment",
                cancellationToken: Soon);
            Assert.Null((await next)!.Name);
        }
    }
}
