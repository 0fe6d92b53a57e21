using ChatModels.AppHost.Redis;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>What a host without Aspire cannot do, said with its cure.</summary>
internal static class CommandLine
{
    private const string Cure = "add a NuGet source that carries the Aspire packages and build again (-p:UseAspire=true insists on them)";

    /// <param name="options">What was asked.</param>
    /// <param name="startedByAspire">Whether the aspire command started this process: it would wait in vain for Aspire's answer.</param>
    public static string? Refusal(AppHostOptions options, bool startedByAspire = false)
    {
        if (options.Others.FirstOrDefault(IsPublishing) is { } publishing)
        {
            return $"{publishing} is for publishing, which needs the Aspire packages, and this AppHost was built without them: {Cure}.";
        }

        if (startedByAspire)
        {
            return $"The aspire command needs the Aspire packages, and this AppHost was built without them: start it with dotnet run --project ChatModels.AppHost, or {Cure}.";
        }

        if (options.Others.Count > 0)
        {
            return $"{options.Others[0]} is not an option. The options are {AppHostOptions.List}.";
        }

        return options.Redis.Kind == RedisKind.Container
            ? $"--redis container needs the Aspire packages, and this AppHost was built without them: {Cure}, or use --redis local, garnet or HOST:PORT."
            : null;
    }

    private static bool IsPublishing(string argument) =>
        argument.Split('=')[0] is "--operation" or "--publisher" or "--output-path" or "--step";
}
