using System.Reflection;

namespace ChatModels.AppHost.Programs;

/// <summary>What the build wrote into this assembly.</summary>
internal static class BuildFacts
{
    /// <summary>The checkout's directory for things that are not sources.</summary>
    public static string Artifacts => Read("Artifacts");

    public static string AspireVersion => Read("AspireVersion");

    /// <summary>Where a program that is started, not referenced, was built to.</summary>
    public static string Program(string assemblyName) => Read("Program:" + assemblyName);

    private static string Read(string key) =>
        typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(fact => fact.Key == key).Value ?? "";
}
