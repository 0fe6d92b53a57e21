using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class WatchApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private TestApi _api = null!;

    private CancellationToken Soon => _deadline.Token;

    public async ValueTask InitializeAsync()
    {
        _deadline.CancelAfter(Patience * 2);
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

    [Theory]
    [InlineData("0123456789abcdef:1:0123456789abcdef")]
    [InlineData("nonsense")]
    public async Task Watch_WithALastEventIdOfAnotherHistory_TellsEverything(string lastEventId)
    {
        var events = await EventReader.OpenAsync(_api.Client, "/registry/watch", lastEventId, Soon);

        Assert.Equal("reset", (await events.NextAsync(Soon)).Name);
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
