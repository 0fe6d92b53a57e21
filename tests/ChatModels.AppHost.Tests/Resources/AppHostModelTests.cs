using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ChatModels.AppHost.Resources;
using Xunit;

namespace ChatModels.AppHost.Tests.Resources;

/// <summary>What AppHost.cs describes, without starting it.</summary>
public sealed class AppHostModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WithARedisThatAlreadyRuns_StartsOnlyApiAndWorker()
    {
        await using var builder = await CreateAsync("--redis", "localhost:6379");

        Assert.Equal("localhost:6379", await Assert.Single(builder.Resources.OfType<ConnectionStringResource>()).ConnectionStringExpression.GetValueAsync(Token));
        Assert.Equal(["api", "worker"], builder.Resources.OfType<ProjectResource>().Select(project => project.Name).Order());
    }

    [Fact]
    public async Task Run_WithGarnet_AddsAProcessWithItsOwnDataDirectory()
    {
        using var data = new TemporaryDirectory();
        await using var builder = await CreateAsync("--redis", "garnet", "--data", data.Path);

        var redis = Assert.Single(builder.Resources.OfType<LocalRedisResource>());

        Assert.Equal("redis", redis.Name);
        Assert.StartsWith(data.Path, redis.WorkingDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PutsTheApiOnItsDocumentedPort()
    {
        await using var builder = await CreateAsync("--redis", "localhost:6379");

        var endpoint = Assert.Single(Project(builder, "api").Annotations.OfType<EndpointAnnotation>());

        Assert.Equal((5180, "http", true), (endpoint.Port, endpoint.UriScheme, endpoint.IsExternal));
    }

    [Fact]
    public async Task Run_WaitsForWhatEachNeeds()
    {
        await using var builder = await CreateAsync("--redis", "localhost:6379");

        Assert.Equal(["redis"], WaitedFor(Project(builder, "api")));
        Assert.Equal(["api", "redis"], WaitedFor(Project(builder, "worker")));
    }

    [Fact]
    public async Task Run_NamesWhatAnOperatorCanAskOfEach()
    {
        await using var builder = await CreateAsync("--redis", "localhost:6379");

        Assert.Equal(["refresh-registry"], CommandsOf(builder, "api"));
        Assert.Equal(["drain-worker", "resume-worker"], CommandsOf(builder, "worker"));
    }

    [Fact]
    public async Task Publish_HasNoCommands_SinceNobodyWouldGiveThem()
    {
        await using var builder = await CreatePublishAsync();

        Assert.Empty(CommandsOf(builder, "api"));
        Assert.Empty(CommandsOf(builder, "worker"));
    }

    [Fact]
    public async Task Publish_GivesTheApiAGeneratedAdminKey()
    {
        await using var builder = await CreatePublishAsync();

        var key = Assert.Single(builder.Resources.OfType<ParameterResource>(), parameter => parameter.Name == "admin-key");

        Assert.True(key.Secret);
        Assert.IsType<GenerateParameterDefault>(key.Default);
    }

    [Fact]
    public async Task Publish_AsksRedisForAppendOnlyPersistence_InsideTheShellCommand()
    {
        await using var builder = await CreatePublishAsync();
        var redis = Assert.Single(builder.Resources.OfType<RedisResource>());
        var context = new CommandLineArgsCallbackContext([], redis, Token)
        {
            ExecutionContext = new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish),
        };

        foreach (var arguments in redis.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await arguments.Callback(context);
        }

        Assert.Equal("-c", context.Args[0]);
        Assert.EndsWith(" --appendonly yes --appendfsync everysec", Assert.IsType<string>(context.Args[1]), StringComparison.Ordinal);
        Assert.Equal(2, context.Args.Count);
    }

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.ChatModels_AppHost>(args, Token);

    private static Task<IDistributedApplicationTestingBuilder> CreatePublishAsync() =>
        CreateAsync("--operation", "publish", "--publisher", "manifest", "--output-path", Path.GetTempPath());

    private static ProjectResource Project(IDistributedApplicationTestingBuilder builder, string name) =>
        builder.Resources.OfType<ProjectResource>().Single(project => project.Name == name);

    // Aspire's own (start, stop, restart) are added later, and begin with its prefix.
    private static IEnumerable<string> CommandsOf(IDistributedApplicationTestingBuilder builder, string name) =>
        Project(builder, name).Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).Where(command => command.EndsWith("-registry", StringComparison.Ordinal) || command.EndsWith("-worker", StringComparison.Ordinal)).Order();

    private static IEnumerable<string> WaitedFor(ProjectResource project) =>
        project.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct().Order();
}
