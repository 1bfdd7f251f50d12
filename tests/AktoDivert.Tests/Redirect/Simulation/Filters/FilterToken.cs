namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>A word or sign of a filter.</summary>
/// <param name="Text">As written.</param>
/// <param name="Position">Where it starts.</param>
internal readonly record struct FilterToken(string Text, int Position);
