using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class RegistryApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_WhenAsked_TellsItsHeadItsStateAndHowMuchIsInIt()
    {
        var response = await fixture.Client.GetAsync("/registry", Cancelled);
        var registry = await response.JsonAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("live", registry.GetProperty("state").GetString());
        Assert.NotEqual("", registry.GetProperty("epoch").GetString());
        Assert.NotEqual("", registry.GetProperty("stamp").GetString());
        Assert.NotEqual("", registry.GetProperty("replicaId").GetString());
        Assert.True(registry.GetProperty("ageSeconds").GetDouble() >= 0);
        Assert.True(registry.GetProperty("counts").GetProperty("providers").GetInt32() >= 1);
        Assert.True(registry.GetProperty("counts").GetProperty("models").GetInt32() >= 2);
        Assert.Equal(response.Header("x-chatmodels-registry-revision"), $"{registry.GetProperty("revision").GetInt64()}");
    }

    [Fact]
    public async Task Replicas_WhenAsked_NameThisReplicaAsAnApi()
    {
        var registry = await (await fixture.Client.GetAsync("/registry", Cancelled)).JsonAsync(Cancelled);
        var list = await (await fixture.Client.GetAsync("/registry/replicas", Cancelled)).JsonAsync(Cancelled);

        var replica = Assert.Single(list.GetProperty("replicas").EnumerateArray());
        Assert.Equal("api", replica.GetProperty("role").GetString());
        Assert.Equal(registry.GetProperty("replicaId").GetString(), replica.GetProperty("id").GetString());
        Assert.NotEqual("", replica.GetProperty("host").GetString());
        Assert.NotEqual("", replica.GetProperty("version").GetString());
    }

    [Fact]
    public async Task ProviderTypes_WhenAsked_DescribeWhatTheyTake()
    {
        var list = await (await fixture.Client.GetAsync("/registry/provider-types", Cancelled)).JsonAsync(Cancelled);

        var types = list.GetProperty("providerTypes").EnumerateArray().ToDictionary(type => type.GetProperty("name").GetString()!);
        Assert.Equal(["anthropic", "azure-openai", "chat-client", "ollama", "openai", "simulator"], types.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["messages", "countTokens"], types["anthropic"].GetProperty("operations").EnumerateArray().Select(operation => operation.GetString()));
        Assert.Equal("refused", types["simulator"].GetProperty("apiKey").GetString());
        var models = types["simulator"].GetProperty("options").EnumerateArray().Single(option => option.GetProperty("name").GetString() == "models");
        Assert.Equal("map", models.GetProperty("kind").GetString());
        Assert.Contains("timeToFirstToken", models.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        var preset = types["openai"].GetProperty("presets").EnumerateArray().Single(preset => preset.GetProperty("name").GetString() == "mistral");
        Assert.Equal(("https://api.mistral.ai/v1", "mistral_ai"), (preset.GetProperty("endpoint").GetString(), preset.GetProperty("telemetryName").GetString()));
    }

    [Theory]
    [InlineData("/registry")]
    [InlineData("/registry/models")]
    [InlineData("/registry/providers/simulator")]
    public async Task Read_WithARevisionThatIsThere_AnswersAtOnce(string path)
    {
        var response = await fixture.Client.GetAsync($"{path}?minRevision=1", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Read_WithARevisionThatNeverComes_SaysSoAfterFiveSeconds()
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var response = await fixture.Client.GetAsync("/registry/models?minRevision=1000000", Cancelled);
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);

        await response.IsProblemAsync(503, "revision_not_reached", Cancelled);
        Assert.Equal("1", response.Header("Retry-After"));
        Assert.InRange(took.TotalSeconds, 4.5, 8);
    }

    [Theory]
    [InlineData("/registry?minRevision=-1", "?minRevision")]
    [InlineData("/registry?minRevision=soon", "?minRevision")]
    [InlineData("/registry/models?minRevision=1&minRevision=2", "?minRevision")]
    [InlineData("/registry/models?capabilty=chat", "?capabilty")]
    [InlineData("/registry/models?capability=flying", "?capability")]
    [InlineData("/registry/models?enabled=perhaps", "?enabled")]
    [InlineData("/registry/providers?kind=openai", "?kind")]
    public async Task Read_WithAQueryThatMakesNoSense_NamesTheParameter(string path, string named)
    {
        var response = await fixture.Client.GetAsync(path, Cancelled);

        var problem = await response.IsProblemAsync(400, "invalid_request", Cancelled);
        Assert.Equal(named, Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("PUT", "/registry/providers/rehearsed")]
    [InlineData("PUT", "/registry/models/rehearsed")]
    [InlineData("DELETE", "/registry/models/sim-fast")]
    public async Task Write_WithAQueryItDoesNotKnow_IsNotAppliedByMistake(string method, string path)
    {
        var before = (await fixture.Client.GetAsync(path, Cancelled)).StatusCode;
        var response = await fixture.Client.SendAsync(new HttpMethod(method), $"{path}?dryRun=true", method == "PUT" ? Requests.ModelOn("simulator") : null, Cancelled);

        var problem = await response.IsProblemAsync(400, "invalid_request", Cancelled);
        Assert.Equal(["?dryRun"], problem.Paths());
        Assert.Equal(before, (await fixture.Client.GetAsync(path, Cancelled)).StatusCode);
    }
}
