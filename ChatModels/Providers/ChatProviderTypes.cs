using System.Diagnostics.CodeAnalysis;

namespace ChatModels.Providers;

/// <summary>The provider types of this process, by name.</summary>
/// <remarks>Readers never wait; writers build a new immutable table under a lock. No code of a user runs under that lock.</remarks>
public sealed class ChatProviderTypes
{
    /// <summary>Adds a type, metadata and creator in one atomic step. A name that is taken is an error with code <see cref="ErrorCodes.ProviderAlreadyRegistered"/>.</summary>
    public void Register(ProviderMetadata metadata, ProviderCreator creator) => throw new NotImplementedException();

    /// <summary>Finds a type by its name.</summary>
    public bool TryResolve(string name, [NotNullWhen(true)] out ProviderMetadata? metadata) => throw new NotImplementedException();

    /// <summary>Every type, ordered by name.</summary>
    public IReadOnlyList<ProviderMetadata> List() => throw new NotImplementedException();

    /// <summary>Every mistake in <paramref name="options"/> when held against the type's metadata; none when they can be used. Paths begin with <c>$</c> = the provider's JSON.</summary>
    public IReadOnlyList<ValidationIssue> Validate(string name, ProviderOptions options) => throw new NotImplementedException();

    /// <summary>Creates a live provider. The caller owns it.</summary>
    public ValueTask<IChatProvider> CreateAsync(string name, ProviderOptions options, ProviderServices services, CancellationToken cancellationToken) => throw new NotImplementedException();
}
